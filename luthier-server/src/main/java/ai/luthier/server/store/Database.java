package ai.luthier.server.store;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * A pool of connections to a migrated PostgreSQL, and the only two ways to use one: {@link #read} and {@link #write}.
 *
 * <p>When PostgreSQL goes away in the middle of work (restart, {@code kill -9}, fail-over) the work is done again on a new
 * connection for up to {@link #PATIENCE}. A transaction is repeated only while its COMMIT was not yet sent: after that nobody
 * knows whether it happened, so {@link #write} gives up with {@link Unavailable}, and {@link #writeRepeatable}, for work that is
 * harmless when done twice, goes on. Serialisation failures and deadlocks are repeated in both.
 *
 * <p>Work may thus run more than once: it makes its identifiers outside, and changes nothing but rows. Safe for any thread;
 * callers block.
 */
public final class Database implements AutoCloseable {

    /** How long a call waits for a database that is away before it says so. */
    public static final Duration PATIENCE = Duration.ofSeconds(15);

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final Duration patience;

    private Database(HikariDataSource pool, Duration patience) {
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
        this.patience = patience;
    }

    /**
     * Connects, brings the schema to the newest version, and returns.
     *
     * @param connections size of the pool, 2 or more
     * @throws Unavailable when the database does not answer
     * @throws UserError {@code INVALID_CONFIGURATION} when it refuses us, or holds something else
     */
    public static Database open(DataSource source, int connections) {
        return open(source, connections, PATIENCE);
    }

    static Database open(DataSource source, int connections, Duration patience) {
        migrate(source, patience);
        var config = new HikariConfig();
        config.setPoolName("luthier");
        config.setDataSource(source);
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(3_000);
        config.setValidationTimeout(2_000);
        config.setInitializationFailTimeout(-1);
        // An external server may have been made lax for the sake of other tenants; an acknowledged write is on disk
        // here.
        config.setConnectionInitSql("set synchronous_commit = on");
        return new Database(new HikariDataSource(config), patience);
    }

    private static void migrate(DataSource source, Duration patience) {
        try {
            new Retry(patience)
                    .run(() -> Flyway.configure()
                            .dataSource(source)
                            .locations("classpath:db/migration")
                            .failOnMissingLocations(true)
                            .load()
                            .migrate());
        } catch (FlywayException e) {
            throw new UserError(
                    ErrorCode.INVALID_CONFIGURATION,
                    "database.url",
                    "The database cannot be brought to the schema of this version. It has to be one that only Luthier uses, and that no newer version has opened: "
                            + e.getMessage(),
                    e);
        }
    }

    /** What {@code work} returns; nothing is written. */
    public <T> T read(Function<Handle, T> work) {
        return new Retry(patience).run(() -> {
            try (Handle handle = jdbi.open()) {
                return work.apply(handle);
            }
        });
    }

    /**
     * What {@code work} returns, once everything it wrote is committed. An exception rolls back.
     *
     * @throws Unavailable when the database is away, or went away during COMMIT so that the outcome is unknown
     */
    public <T> T write(Function<Handle, T> work) {
        return transact(work, false);
    }

    /** {@link #write} for work that leaves the same rows when it is done twice: it is also repeated after a broken COMMIT. */
    public <T> T writeRepeatable(Function<Handle, T> work) {
        return transact(work, true);
    }

    private <T> T transact(Function<Handle, T> work, boolean repeatable) {
        return new Retry(patience).run(() -> {
            try (Handle handle = jdbi.open()) {
                handle.begin();
                T result;
                try {
                    result = work.apply(handle);
                } catch (RuntimeException e) {
                    rollBack(handle, e);
                    throw e;
                }
                commit(handle, repeatable);
                return result;
            }
        });
    }

    private static void commit(Handle handle, boolean repeatable) {
        try {
            handle.commit();
        } catch (RuntimeException e) {
            if (repeatable || !Retry.connectionLost(e)) {
                throw e;
            }
            throw new Unavailable(
                    ErrorCode.UNAVAILABLE,
                    null,
                    "The database went away while the change was being committed, so it may or may not be stored."
                            + " Look before you repeat it.",
                    e);
        }
    }

    private static void rollBack(Handle handle, RuntimeException cause) {
        try {
            handle.rollback();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** Whether the database answers now; returns within a few seconds. */
    public boolean ready() {
        try (Handle handle = jdbi.open()) {
            return handle.createQuery("select 1").mapTo(Integer.class).one() == 1;
        } catch (LuthierException e) {
            throw e;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
