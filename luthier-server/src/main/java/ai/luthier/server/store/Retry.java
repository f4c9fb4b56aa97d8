package ai.luthier.server.store;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Unavailable;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Does work again while the database is away, with pauses that double from 20 ms to 500 ms, until the patience is used up.
 *
 * <p>Away means SQLSTATE class 08 (connection), 57P01 to 57P03 (shutting down, crashed, starting), 53300 (too many
 * connections), or no connection from the pool in time. Serialisation failures (40001) and deadlocks (40P01) are repeated
 * likewise. Everything else is the caller's. Used by one thread.
 */
final class Retry {

    private static final Set<String> AWAY = Set.of("57P01", "57P02", "57P03", "53300");
    private static final Set<String> COLLISION = Set.of("40001", "40P01");

    private final Duration patience;

    Retry(Duration patience) {
        this.patience = patience;
    }

    <T> T run(Supplier<T> work) {
        long deadline = System.nanoTime() + patience.toNanos();
        long pause = 20;
        while (true) {
            try {
                return work.get();
            } catch (Unavailable e) {
                throw e;
            } catch (RuntimeException e) {
                boolean away = connectionLost(e);
                if (!away && !collision(e)) {
                    throw Refusals.translate(e);
                }
                if (System.nanoTime() >= deadline) {
                    throw new Unavailable(
                            ErrorCode.UNAVAILABLE,
                            null,
                            "The database did not answer for %d s; nothing was changed. Try again shortly."
                                    .formatted(patience.toSeconds()),
                            e);
                }
                sleep(pause, e);
                pause = Math.min(500, pause * 2);
            }
        }
    }

    private static void sleep(long milliseconds, RuntimeException cause) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable(
                    ErrorCode.UNAVAILABLE,
                    null,
                    "Interrupted while the database was away; nothing was changed.",
                    cause);
        }
    }

    /** Whether the failure means that no database was there, as opposed to one that refused. */
    static boolean connectionLost(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLTransientConnectionException) {
                return true;
            }
            if (t instanceof SQLException sql
                    && sql.getSQLState() != null
                    && (sql.getSQLState().startsWith("08") || AWAY.contains(sql.getSQLState()))) {
                return true;
            }
        }
        return false;
    }

    private static boolean collision(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql && sql.getSQLState() != null && COLLISION.contains(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }
}
