package ai.luthier.server.training;

import ai.luthier.api.Conflict;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.worker.Fence;
import ai.luthier.engine.worker.ProgressReader;
import ai.luthier.engine.worker.RunFolder;
import ai.luthier.engine.worker.RunJson;
import ai.luthier.engine.worker.WorkerExit;
import ai.luthier.engine.worker.WorkerProcess;
import ai.luthier.server.jobs.EventRow;
import ai.luthier.server.jobs.JobFailure;
import ai.luthier.server.jobs.JobQueue;
import ai.luthier.server.jobs.JobReports;
import ai.luthier.server.jobs.Lease;
import ai.luthier.server.jobs.StepMetrics;
import ai.luthier.server.jobs.Work;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one claimed run to its end: starts a worker on the run's folder, carries its journal into the database, obeys the
 * orders of the lease, starts another worker when one dies, and publishes the result.
 *
 * <p>Stateless between runs; safe for any thread.
 */
public final class RunDriver {

    private static final Logger LOG = LoggerFactory.getLogger(RunDriver.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);

    private final JobQueue queue;
    private final JobReports reports;
    private final RunPlanner planner;
    private final Publisher publisher;
    private final TrainingSettings settings;

    public RunDriver(
            JobQueue queue, JobReports reports, RunPlanner planner, Publisher publisher, TrainingSettings settings) {
        this.queue = queue;
        this.reports = reports;
        this.planner = planner;
        this.publisher = publisher;
        this.settings = settings;
    }

    /** Returns when the run has ended, was parked, or {@code stopping} became true and the worker has written its checkpoint. */
    void drive(Work work, BooleanSupplier stopping) {
        Drive drive = new Drive(work, stopping);
        try {
            drive.toTheEnd();
        } catch (Conflict gone) {
            LOG.info("{}: {}", work.job().id(), gone.text());
            drive.letGo();
        }
    }

    /** One claim of one run. */
    private final class Drive {

        private final Work work;
        private final Lease lease;
        private final BooleanSupplier stopping;
        private final RunFolder folder;
        private final ProgressReader journal;
        private Optional<RunEvent.Failed> failure = Optional.empty();
        private int furthestStep;
        private long trainedTokens;
        private int totalSteps;
        private long lastHeartbeat = System.nanoTime();
        private Lease.Order order = Lease.Order.CONTINUE;

        Drive(Work work, BooleanSupplier stopping) {
            this.work = work;
            this.lease = work.lease();
            this.stopping = stopping;
            this.folder = planner.folder(work.job());
            this.journal = new ProgressReader(folder);
        }

        void toTheEnd() {
            RunPlanner.Plan plan = planner.plan(work);
            totalSteps = plan.totalSteps();
            reports.started(lease, plan.chosen(), plan.totalSteps());
            if (!Files.exists(folder.spec())) {
                RunJson.writeSpec(folder, plan.spec());
            }
            Fence.raise(folder, lease.fence());
            int deaths = 0;
            while (true) {
                int before = furthestStep;
                WorkerExit exit = oneWorker(plan.spec());
                switch (exit) {
                    case FINISHED -> {
                        publisher.publishResult(work, folder, trainedTokens);
                        return;
                    }
                    case FAILED -> {
                        fail(failure.map(RunDriver::jobFailure).orElseGet(RunDriver::withoutReason));
                        return;
                    }
                    case INTERRUPTED -> {
                        giveBack();
                        return;
                    }
                    case FENCED -> {
                        LOG.info("{}: the worker lost its lease", lease.jobId());
                        letGo();
                        return;
                    }
                    case DIED, FAULT -> {
                        if (order == Lease.Order.STOP) {
                            letGo();
                            return;
                        }
                        deaths = furthestStep > before ? 1 : deaths + 1;
                        if (deaths >= settings.attempts()) {
                            fail(died());
                            return;
                        }
                        say(EventRow.Level.WARN, "died:" + lease.fence() + ":" + System.nanoTime(), restarting(exit));
                    }
                }
            }
        }

        /** The lease is gone: the folder is another worker's now, unless the job was cancelled. */
        private void letGo() {
            if (reports.leavesNothing(lease.jobId())) {
                publisher.discard(folder);
            }
        }

        /** Runs one worker to its end, whatever end that is. */
        private WorkerExit oneWorker(RunSpec spec) {
            LOG.info("{}: starting a worker, {} epochs of {}", lease.jobId(), spec.epochs(), spec.baseId());
            try (WorkerProcess worker = WorkerProcess.start(folder, lease.fence(), settings.resources())) {
                boolean asked = false;
                while (true) {
                    Optional<WorkerExit> exit = worker.await(settings.poll());
                    carryOver();
                    if (exit.isPresent()) {
                        carryOver(); // what was written between the last look and the end
                        return exit.get();
                    }
                    heartbeat();
                    if (order == Lease.Order.STOP) {
                        worker.kill();
                    } else if (!asked && (order == Lease.Order.PAUSE || stopping.getAsBoolean())) {
                        worker.requestStop();
                        asked = true;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return WorkerExit.INTERRUPTED;
            }
        }

        private void heartbeat() {
            long now = System.nanoTime();
            if (now - lastHeartbeat >= HEARTBEAT.toNanos()) {
                lastHeartbeat = now;
                order = queue.heartbeat(lease);
            }
        }

        /** Carries what the journal has grown by into the database; what was carried before is ignored there. */
        private void carryOver() {
            for (List<RunEvent> events = journal.next(); !events.isEmpty(); events = journal.next()) {
                List<StepMetrics> steps = new ArrayList<>();
                for (RunEvent event : events) {
                    if (event instanceof RunEvent.StepDone step) {
                        furthestStep = Math.max(furthestStep, step.step());
                        steps.add(metrics(step));
                        continue;
                    }
                    reports.steps(lease, steps);
                    steps.clear();
                    carryOver(event);
                }
                reports.steps(lease, steps);
            }
        }

        private void carryOver(RunEvent event) {
            switch (event) {
                case RunEvent.Started _, RunEvent.StepDone _ -> {}
                case RunEvent.ReferenceScored scored -> say(EventRow.Level.INFO, "reference", scored.sentence());
                case RunEvent.PathChosen chosen -> say(EventRow.Level.INFO, "path", chosen.sentence());
                case RunEvent.Resumed resumed -> {
                    if (!resumed.exact()) {
                        say(
                                EventRow.Level.WARN,
                                "inexact:" + resumed.step(),
                                "The job goes on after step " + resumed.step()
                                        + " on another type of CPU: equal to an undisturbed run only up to rounding");
                    }
                }
                case RunEvent.Snapshot snapshot -> publisher.publishSnapshot(work, folder, snapshot, totalSteps);
                case RunEvent.Finished finished -> trainedTokens = finished.trainedTokens();
                case RunEvent.Warning warning ->
                    say(EventRow.Level.WARN, "warning:" + warning.message(), warning.message());
                case RunEvent.Failed failed -> failure = Optional.of(failed);
            }
        }

        private void say(EventRow.Level level, String key, String text) {
            reports.message(lease, level, key, text);
        }

        private void fail(JobFailure reason) {
            reports.failed(lease, reason, List.of(), null);
        }

        private void giveBack() {
            if (order == Lease.Order.PAUSE) {
                queue.parked(lease);
            } else {
                queue.release(lease);
            }
        }
    }

    private static StepMetrics metrics(RunEvent.StepDone step) {
        return new StepMetrics(
                step.step(),
                step.totalSteps(),
                step.trainLoss(),
                step.trainAccuracy(),
                step.validLoss(),
                step.validAccuracy(),
                step.fullValidLoss(),
                step.fullValidAccuracy(),
                step.tokensPerSecond(),
                step.more());
    }

    private static JobFailure jobFailure(RunEvent.Failed failed) {
        String code = failed.code().wireCode().orElse("server_error");
        return new JobFailure(code, failed.message(), failed.param());
    }

    private static JobFailure withoutReason() {
        return new JobFailure("server_error", "The job failed due to an internal error", null);
    }

    private JobFailure died() {
        return new JobFailure(
                "server_error",
                "The worker process ended " + settings.attempts()
                        + " times in a row without getting further; it may lack memory. Its log is in the run's folder.",
                null);
    }

    private static String restarting(WorkerExit exit) {
        return "The worker process ended unexpectedly (" + exit + "); another goes on from the last checkpoint";
    }
}
