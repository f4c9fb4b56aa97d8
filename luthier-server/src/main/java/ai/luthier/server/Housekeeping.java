package ai.luthier.server;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does a chore now and then, for as long as the server runs; one that fails is tried again the next time. Safe for any thread. */
final class Housekeeping implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private final Thread thread;

    private Housekeeping(Thread thread) {
        this.thread = thread;
    }

    /** Does the chore for the first time after {@code interval}. */
    static Housekeeping every(Duration interval, Runnable chore) {
        return new Housekeeping(Thread.ofVirtual().name("housekeeping").start(() -> loop(interval, chore)));
    }

    private static void loop(Duration interval, Runnable chore) {
        try {
            while (true) {
                Thread.sleep(interval);
                try {
                    chore.run();
                } catch (RuntimeException e) {
                    LOG.warn("A chore failed and is tried again in {}", interval, e);
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when no chore is being done any more. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
