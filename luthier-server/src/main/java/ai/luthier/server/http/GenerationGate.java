package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Unavailable;
import java.time.Duration;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Counts the answers under way, so that a server going down can let them end, and tells those that last too long to stop.
 *
 * <p>Safe for any thread.
 */
final class GenerationGate {

    /** How long an answer that was told to stop may take to say so to its client. */
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final Phaser running = new Phaser(1);
    private volatile boolean closing;
    private volatile boolean cut;

    /**
     * Registers an answer.
     *
     * @throws Unavailable when the server goes down
     */
    void enter() {
        if (closing) {
            throw new Unavailable(
                    ErrorCode.UNAVAILABLE, null, "The server is shutting down. Try again when it is back.");
        }
        running.register();
    }

    void leave() {
        running.arriveAndDeregister();
    }

    /** Whether answers that are still under way must end now. */
    boolean cut() {
        return cut;
    }

    /** Takes no new answers, waits for those under way, cuts off what lasts longer, and waits for that to have ended. */
    void close(Duration patience) {
        if (closing) {
            return;
        }
        closing = true;
        int phase = running.arrive();
        try {
            if (!ended(phase, patience)) {
                cut = true;
                ended(phase, FAREWELL);
            }
        } catch (InterruptedException e) {
            cut = true;
            Thread.currentThread().interrupt();
        }
    }

    private boolean ended(int phase, Duration patience) throws InterruptedException {
        try {
            running.awaitAdvanceInterruptibly(phase, patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
