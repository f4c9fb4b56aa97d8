package ai.luthier.server.training;

import ai.luthier.api.Conflict;
import ai.luthier.api.LuthierException;
import ai.luthier.server.jobs.JobQueue;
import ai.luthier.server.jobs.Work;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps jobs moving: one loop claims files to validate, another claims runs, as many at a time as there are slots.
 *
 * <p>{@link #close} stops claiming, lets every worker write a checkpoint and gives the leases back; the next start goes on from
 * there. Thread-safe.
 */
public final class JobRunner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final Duration PAUSE_AFTER_TROUBLE = Duration.ofSeconds(1);

    private final JobQueue queue;
    private final FileValidation validation;
    private final RunDriver driver;
    private final Duration poll;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Phaser alive = new Phaser(1);

    private JobRunner(JobQueue queue, FileValidation validation, RunDriver driver, Duration poll) {
        this.queue = queue;
        this.validation = validation;
        this.driver = driver;
        this.poll = poll;
    }

    /** Starts both loops; work of an earlier life of this server is claimed again at once. */
    public static JobRunner start(
            JobQueue queue, FileValidation validation, RunDriver driver, TrainingSettings settings) {
        JobRunner runner = new JobRunner(queue, validation, driver, settings.poll());
        queue.forgetEarlierLeases();
        runner.spawn("claim-files", () -> runner.claimInTurn(queue::claimValidation, runner::validate));
        runner.spawn("claim-runs", () -> runner.claimInTurn(queue::claimRun, runner::run));
        return runner;
    }

    private void spawn(String name, Runnable body) {
        alive.register();
        Thread.ofVirtual().name(name).start(() -> {
            try {
                body.run();
            } finally {
                alive.arriveAndDeregister();
            }
        });
    }

    /** Claims until told to stop; each claim gets a thread of its own. */
    private void claimInTurn(Supplier<Optional<Work>> claim, Consumer<Work> handle) {
        while (!stopped()) {
            try {
                Optional<Work> work = claim.get();
                if (work.isPresent()) {
                    spawn(work.get().job().id(), () -> handle.accept(work.get()));
                } else {
                    rest(poll);
                }
            } catch (LuthierException away) {
                LOG.warn("Cannot claim work: {}", away.text());
                rest(PAUSE_AFTER_TROUBLE);
            }
        }
    }

    private void validate(Work work) {
        guarded(work, () -> validation.validate(work));
    }

    private void run(Work work) {
        guarded(work, () -> driver.drive(work, this::stopped));
    }

    /** A job whose handling breaks is given back after a while and claimed again; it is never left half done. */
    private void guarded(Work work, Runnable handling) {
        try {
            handling.run();
        } catch (Conflict gone) {
            LOG.info("{}: {}", work.job().id(), gone.text());
        } catch (RuntimeException trouble) {
            LOG.error("{}: handling broke and will be tried again", work.job().id(), trouble);
            rest(PAUSE_AFTER_TROUBLE);
            release(work);
        }
    }

    private void release(Work work) {
        try {
            queue.release(work.lease());
        } catch (LuthierException away) {
            LOG.warn(
                    "{}: the lease was not given back and will run out: {}",
                    work.job().id(),
                    away.text());
        }
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }

    private void rest(Duration time) {
        try {
            if (stopping.await(time.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
                LOG.debug("woken to stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when every worker has written its checkpoint and ended. */
    @Override
    public void close() {
        stopping.countDown();
        alive.arriveAndAwaitAdvance();
    }
}
