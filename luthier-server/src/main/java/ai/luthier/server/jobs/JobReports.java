package ai.luthier.server.jobs;

import ai.luthier.api.Conflict;
import ai.luthier.server.files.FileRows;
import ai.luthier.server.files.StagedFile;
import ai.luthier.server.models.ModelName;
import ai.luthier.server.models.PublishedModel;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.Ids;
import ai.luthier.server.store.Rows;
import ai.luthier.server.usage.Ledger;
import ai.luthier.server.usage.LedgerEntry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What the holder of a lease says about its job, each in one transaction with its events.
 *
 * <p>Every report may be repeated after a crash and changes nothing the second time; every one throws {@link Conflict} when the lease
 * is gone, and nothing was written then. Safe for any thread.
 */
public final class JobReports {

    /** Snapshots that a job keeps, its final model among them. */
    public static final int SNAPSHOTS = 3;

    private static final int SHOWN_ERRORS = 100;

    private final Database database;
    private final Fence fence;
    private final int slots;

    /** @param slots jobs that run at a time, to say how many are ahead of a new one */
    public JobReports(Database database, Clock clock, int slots) {
        this.database = database;
        this.fence = new Fence(database, clock);
        this.slots = slots;
    }

    /**
     * Appends a message of the worker's own.
     *
     * @param key what it is about; a second message with the same key is ignored
     */
    public void message(Lease lease, EventRow.Level level, String key, String text) {
        fence.hold(lease, (handle, job, now) -> {
            EventRows.message(handle, job.id(), "worker:" + key, level, text, now);
            return true;
        });
    }

    /**
     * The files are good: the job waits for its turn, and the lease is over. Turns go by the time of creation, so a job whose files
     * took longer goes ahead of younger ones that wait already; these are told their new place.
     */
    public JobRow validated(Lease lease, Validated found) {
        return fence.hold(lease, (handle, job, now) -> {
            // One at a time, or two jobs would both miss the other when they count.
            handle.createQuery("select pg_advisory_xact_lock(hashtext('places in the queue'))::text")
                    .mapTo(String.class)
                    .one();
            JobRows.move(handle, job, JobState.QUEUED);
            handle.createUpdate("""
                            update job set queued_at = created_at, examples = :examples, tokens_per_epoch = :tokens where id = :id""")
                    .bind("examples", found.examples())
                    .bind("tokens", found.tokensPerEpoch())
                    .bind("id", job.id())
                    .execute();
            EventRows.info(handle, job.id(), "validated", EventTexts.VALIDATED, now);
            JobRows.endLease(handle, job.id());
            if (!job.paused()) {
                tellPlace(handle, job.id(), now);
                JobQueue.waitingAfter(handle, job.id()).forEach(overtaken -> tellPlace(handle, overtaken, now));
            }
            return JobRows.get(handle, job.id());
        });
    }

    private void tellPlace(Handle handle, String jobId, Instant now) {
        int ahead = JobQueue.waitingBefore(handle, jobId) + running(handle) - (slots - 1);
        if (ahead > 0) {
            EventRows.info(handle, jobId, Ids.event(), EventTexts.waiting(ahead), now);
        }
    }

    /** Training begins, or goes on: the numbers behind "auto" are known from here. */
    public JobRow started(Lease lease, TrainingChoices chosen, int totalSteps) {
        if (!chosen.complete()) {
            throw new IllegalArgumentException("a running job has no \"auto\": " + chosen);
        }
        return fence.hold(lease, (handle, job, now) -> {
            if (job.state() == JobState.RUNNING) {
                EventRows.info(
                        handle,
                        job.id(),
                        "again:" + lease.fence(),
                        EventTexts.resumedAfterInterruption(job.step()),
                        now);
            } else {
                JobRows.move(handle, job, JobState.RUNNING);
                EventRows.info(handle, job.id(), "started", EventTexts.STARTED, now);
            }
            handle.createUpdate("""
                            update job set started_at = coalesce(started_at, :now), total_steps = :total, chosen_epochs = :epochs,
                                chosen_batch_size = :batchSize, chosen_multiplier = :multiplier, chosen_beta = :beta, rate_step = null, rate_since = null
                            where id = :id""")
                    .bind("now", Rows.time(now))
                    .bind("total", totalSteps)
                    .bind("epochs", chosen.epochs())
                    .bind("batchSize", chosen.batchSize())
                    .bind("multiplier", chosen.multiplier())
                    .bind("beta", chosen.beta())
                    .bind("id", job.id())
                    .execute();
            return JobRows.get(handle, job.id());
        });
    }

    /** Steps that were done, in order. Those that were reported before are skipped. */
    public void steps(Lease lease, List<StepMetrics> steps) {
        if (steps.isEmpty()) {
            return;
        }
        fence.hold(lease, (handle, job, now) -> {
            for (StepMetrics step : steps) {
                ProgressRows.insert(handle, job.id(), step);
                EventRows.metrics(handle, job.id(), step, now);
            }
            progress(handle, job, steps.getLast(), now);
            return true;
        });
    }

    /** The pace since the first step of this lease gives the finish. */
    private static void progress(Handle handle, JobRow job, StepMetrics last, Instant now) {
        handle.createUpdate("""
                        update job set step = greatest(step, :step),
                            rate_step = coalesce(rate_step, :step), rate_since = coalesce(rate_since, :now),
                            estimated_finish = case when paused then null when :step > rate_step
                                then :now + (:now - rate_since) * ((:total - :step)::double precision / (:step - rate_step))
                                else estimated_finish end
                        where id = :id""")
                .bind("step", last.step())
                .bind("total", last.totalSteps())
                .bind("now", Rows.time(now))
                .bind("id", job.id())
                .execute();
    }

    /**
     * The state after an epoch that is not the last one can be served from now on.
     *
     * @param folder a complete, synced PEFT directory in the models folder
     */
    public Published snapshot(Lease lease, int step, String folder) {
        return fence.hold(lease, (handle, job, now) -> {
            Optional<String> known = Publication.checkpointAt(handle, job.id(), step);
            if (known.isPresent()) {
                return new Published(known.get(), Publication.unlessInUse(handle, folder));
            }
            String model = Publication.freshName(handle, job, step);
            Publication.publish(handle, job, model, PublishedModel.Kind.SNAPSHOT, folder, now);
            ProgressRows.checkpoint(handle, job.id(), step, model, now);
            EventRows.info(handle, job.id(), "checkpoint:" + step, EventTexts.checkpoint(step, model), now);
            return new Published(model, ProgressRows.dropOldCheckpoints(handle, job.id(), SNAPSHOTS));
        });
    }

    /** Training is done: model, result file, bill and events appear in one moment. The lease is over. */
    public Published succeeded(Lease lease, Success success) {
        return fence.hold(lease, (handle, job, now) -> {
            JobRows.move(handle, job, JobState.SUCCEEDED);
            String model = Publication.freshName(handle, job, null);
            Publication.publish(handle, job, model, PublishedModel.Kind.TUNED, success.folder(), now);
            FileRows.insert(handle, success.results());
            Ledger.insert(
                    handle,
                    LedgerEntry.training(
                            job.organizationId(),
                            job.projectId(),
                            job.id(),
                            ModelName.baseOf(job.model()),
                            success.trainedTokens(),
                            success.usd(),
                            now));
            handle.createUpdate("""
                            update job set finished_at = :now, trained_tokens = :tokens, fine_tuned_model = :model,
                                result_files = array[:results], paused = false
                            where id = :id""")
                    .bind("now", Rows.time(now))
                    .bind("tokens", success.trainedTokens())
                    .bind("model", model)
                    .bind("results", success.results().file().id())
                    .bind("id", job.id())
                    .execute();
            JobRows.endLease(handle, job.id());
            int lastStep = job.totalSteps() == null ? Math.max(1, job.step()) : job.totalSteps();
            ProgressRows.checkpoint(handle, job.id(), lastStep, model, now);
            EventRows.info(handle, job.id(), "model", EventTexts.modelCreated(model), now);
            EventRows.info(handle, job.id(), "succeeded", EventTexts.SUCCEEDED, now);
            return new Published(model, ProgressRows.dropOldCheckpoints(handle, job.id(), SNAPSHOTS));
        });
    }

    /**
     * The job cannot be done. The lease is over.
     *
     * @param errors every single thing that is wrong, of which the first 100 become events; may be empty
     * @param report all of them in a file; null for none
     */
    public JobRow failed(Lease lease, JobFailure failure, List<String> errors, @Nullable StagedFile report) {
        return fence.hold(lease, (handle, job, now) -> {
            JobRows.move(handle, job, JobState.FAILED);
            if (report != null) {
                FileRows.insert(handle, report);
            }
            handle.createUpdate("""
                            update job set finished_at = :now, error_code = :code, error_message = :message, error_param = :param,
                                report_file = :report, paused = false
                            where id = :id""")
                    .bind("now", Rows.time(now))
                    .bind("code", failure.code())
                    .bind("message", failure.message())
                    .bind("param", failure.param())
                    .bind("report", report == null ? null : report.file().id())
                    .bind("id", job.id())
                    .execute();
            JobRows.endLease(handle, job.id());
            int number = 0;
            boolean saysItAll = errors.equals(List.of(failure.message()));
            for (String error :
                    saysItAll ? List.<String>of() : errors.subList(0, Math.min(SHOWN_ERRORS, errors.size()))) {
                EventRows.message(handle, job.id(), "error:" + number++, EventRow.Level.ERROR, error, now);
            }
            EventRows.message(handle, job.id(), "failed", EventRow.Level.ERROR, failure.message(), now);
            return JobRows.get(handle, job.id());
        });
    }

    /**
     * Whether nobody needs a job's run folder any more: it succeeded, was cancelled, or is not known. A failed one keeps its last
     * checkpoint.
     */
    public boolean leavesNothing(String jobId) {
        return database.read(handle -> handle.createQuery("select state from job where id = :id")
                .bind("id", jobId)
                .mapTo(String.class)
                .findOne()
                .map(state -> state.equals("succeeded") || state.equals("cancelled"))
                .orElse(true));
    }

    /** Everything the steps of a job measured, for its result file. */
    public List<StepMetrics> metrics(Lease lease) {
        return database.read(handle -> ProgressRows.metrics(handle, lease.jobId()));
    }

    private static int running(Handle handle) {
        return handle.createQuery("""
                        select count(*) from job
                        where state = 'running' and not paused
                            or state = 'queued' and lease_expires_at > clock_timestamp()""").mapTo(Integer.class).one();
    }
}
