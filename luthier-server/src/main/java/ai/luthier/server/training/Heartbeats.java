package ai.luthier.server.training;

import ai.luthier.api.LuthierException;
import ai.luthier.server.jobs.JobQueue;
import ai.luthier.server.jobs.Lease;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a lease alive beside work that has no loop of its own to do so. Thread-safe. */
final class Heartbeats implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Thread thread;

    private Heartbeats(Thread thread) {
        this.thread = thread;
    }

    static Heartbeats start(JobQueue queue, Lease lease) {
        return new Heartbeats(
                Thread.ofVirtual().name("heartbeat " + lease.jobId()).start(() -> beat(queue, lease)));
    }

    private static void beat(JobQueue queue, Lease lease) {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                if (queue.heartbeat(lease) == Lease.Order.STOP) {
                    return; // the next write of the work will say so
                }
            }
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt();
        } catch (LuthierException away) {
            if (Thread.currentThread().isInterrupted()) {
                return; // The work ended while a heartbeat was under way.
            }
            LOG.warn("{}: no more heartbeats: {}", lease.jobId(), away.text());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
