package ai.luthier.server.jobs;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.files.FileService;
import ai.luthier.server.files.StoredFile;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.Ids;
import ai.luthier.server.store.Page;
import ai.luthier.server.store.Rows;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What a client does with jobs. Safe for any thread. */
public final class JobService {

    private final Database database;
    private final FileService files;
    private final Clock clock;

    public JobService(Database database, FileService files, Clock clock) {
        this.database = database;
        this.files = files;
        this.clock = clock;
    }

    /**
     * Makes a job, in {@code validating_files}. That the model exists is checked before; that the files exist is checked here, and
     * again when they are read.
     *
     * @throws UserError {@code FILE_NOT_FOUND}, or {@code INVALID_VALUE} for a file of another purpose
     */
    public JobRow create(Caller caller, NewJob job) {
        checkFile(caller, job.trainingFile(), "training_file");
        if (job.validationFile() != null) {
            checkFile(caller, job.validationFile(), "validation_file");
        }
        String id = Ids.job();
        int seed = job.seed() == null ? Ids.seed() : job.seed();
        Instant now = Rows.now(clock);
        return database.writeRepeatable(handle -> {
            insert(handle, caller, job, id, seed, now);
            EventRows.info(handle, id, "created", EventTexts.created(id), now);
            return JobRows.get(handle, id);
        });
    }

    private void checkFile(Caller caller, String id, String param) {
        StoredFile file = files.find(caller, id)
                .orElseThrow(() -> new UserError(ErrorCode.FILE_NOT_FOUND, param, "No such File object: " + id));
        if (!file.purpose().equals("fine-tune")) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    param,
                    "The file %s has purpose '%s'; a %s needs purpose 'fine-tune'. Upload it again with that purpose."
                            .formatted(id, file.purpose(), param));
        }
    }

    private static void insert(Handle handle, Caller caller, NewJob job, String id, int seed, Instant now) {
        handle.createUpdate("""
                        insert into job (id, organization_id, project_id, created_at, state, model, training_file, validation_file,
                            suffix, seed, metadata, extension, method, asked_epochs, asked_batch_size, asked_multiplier,
                            asked_beta)
                        values (:id, :organization, :project, :now, 'validating_files', :model, :training, :validation,
                            :suffix, :seed, cast(:metadata as jsonb), cast(:extension as jsonb), :method, :epochs, :batchSize, :multiplier,
                            :beta)
                        on conflict (id) do nothing""")
                .bind("id", id)
                .bind("organization", caller.organizationId())
                .bind("project", caller.projectId())
                .bind("now", Rows.time(now))
                .bind("model", job.model())
                .bind("training", job.trainingFile())
                .bind("validation", job.validationFile())
                .bind("suffix", job.suffix())
                .bind("seed", seed)
                .bind("metadata", Rows.json(job.metadata()))
                .bind("extension", Rows.json(job.extension()))
                .bind("epochs", job.asked().epochs())
                .bind("batchSize", job.asked().batchSize())
                .bind("multiplier", job.asked().multiplier())
                .bind("method", job.asked().method().wireName())
                .bind("beta", job.asked().beta())
                .execute();
    }

    /** @throws UserError {@code JOB_NOT_FOUND} */
    public JobRow get(Caller caller, String id) {
        return database.read(handle -> JobRows.find(handle, caller, id)).orElseThrow(() -> JobRows.notFound(id));
    }

    /**
     * Jobs of the organisation, newest first.
     *
     * @param after id of the last job of the page before; null means from the newest
     * @param limit 0 or more
     * @param metadata pairs that a job must have, all of them; empty means any job
     */
    public Page<JobRow> list(Caller caller, @Nullable String after, int limit, Map<String, String> metadata) {
        return database.read(handle -> {
            if (after != null && JobRows.find(handle, caller, after).isEmpty()) {
                throw JobRows.notFound(after);
            }
            @Nullable String filter = metadata.isEmpty() ? null : Rows.json(metadata);
            return Page.cut(JobRows.list(handle, caller, after, limit + 1, filter), limit);
        });
    }

    /**
     * The history of a job, newest first.
     *
     * @param limit 0 or more
     */
    public Page<EventRow> events(Caller caller, String jobId, @Nullable String after, int limit) {
        return pageOf(caller, jobId, limit, handle -> {
            requireCursor(handle, "job_event", jobId, after);
            return EventRows.list(handle, jobId, after, limit + 1);
        });
    }

    /**
     * The checkpoints of a job, newest first.
     *
     * @param limit 0 or more
     */
    public Page<CheckpointRow> checkpoints(Caller caller, String jobId, @Nullable String after, int limit) {
        return pageOf(caller, jobId, limit, handle -> {
            requireCursor(handle, "job_checkpoint", jobId, after);
            return ProgressRows.checkpoints(handle, jobId, after, limit + 1);
        });
    }

    /** A cursor that leads nowhere must not look like the end of the list. */
    private static void requireCursor(Handle handle, String table, String jobId, @Nullable String after) {
        boolean good = after == null
                || handle.createQuery("select exists (select from " + table + " where id = :after and job_id = :job)")
                        .bind("after", after)
                        .bind("job", jobId)
                        .mapTo(Boolean.class)
                        .one();
        if (!good) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    "after",
                    "'after' is '%s', which %s does not have.".formatted(after, jobId));
        }
    }

    private <T> Page<T> pageOf(Caller caller, String jobId, int limit, Function<Handle, List<T>> read) {
        return database.read(handle -> {
            if (JobRows.find(handle, caller, jobId).isEmpty()) {
                throw JobRows.notFound(jobId);
            }
            return Page.cut(read.apply(handle), limit);
        });
    }

    /** What each step measured, in order. */
    public List<StepMetrics> metrics(Caller caller, String jobId) {
        get(caller, jobId);
        return database.read(handle -> ProgressRows.metrics(handle, jobId));
    }

    /** The place of a waiting job among those that wait, 1 for the next one; empty for a job that does not wait. */
    public OptionalInt queuePosition(JobRow job) {
        if (job.state() != JobState.QUEUED || job.paused()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(1 + database.read(handle -> JobQueue.waitingBefore(handle, job.id())));
    }

    /**
     * Ends a job for good; its worker learns it from the next heartbeat and can write nothing more.
     *
     * @throws Conflict {@code INVALID_STATE} for a job that has ended
     */
    public JobRow cancel(Caller caller, String id) {
        Instant now = Rows.now(clock);
        return change(caller, id, (handle, job) -> {
            JobRows.move(handle, job, JobState.CANCELLED);
            JobRows.endLease(handle, id);
            handle.createUpdate("update job set finished_at = :now where id = :id")
                    .bind("now", Rows.time(now))
                    .bind("id", id)
                    .execute();
            EventRows.info(handle, id, "cancelled", EventTexts.CANCELLED, now);
        });
    }

    /**
     * Stops a job until {@link #resume}. One that a worker has ends its step and writes a checkpoint first, so for a moment it is
     * paused and still running; {@link JobQueue#parked} says when it has stopped. Pausing a paused job changes nothing.
     *
     * @throws Conflict {@code INVALID_STATE} for a job that has ended
     */
    public JobRow pause(Caller caller, String id) {
        Instant now = Rows.now(clock);
        return change(caller, id, (handle, job) -> {
            refuseEnded(job, "paused");
            if (!job.paused()) {
                setPaused(handle, id, true);
                if (!JobQueue.inHands(handle, id)) {
                    EventRows.info(handle, id, Ids.event(), EventTexts.paused(job.step()), now);
                }
            }
        });
    }

    /**
     * Puts a paused job at the end of the queue. Resuming a job that is not paused changes nothing.
     *
     * @throws Conflict {@code INVALID_STATE} for a job that has ended
     */
    public JobRow resume(Caller caller, String id) {
        Instant now = Rows.now(clock);
        return change(caller, id, (handle, job) -> {
            refuseEnded(job, "resumed");
            if (job.paused()) {
                setPaused(handle, id, false);
                handle.createUpdate("update job set queued_at = :now where id = :id and queued_at is not null")
                        .bind("now", Rows.time(now))
                        .bind("id", id)
                        .execute();
                EventRows.info(handle, id, Ids.event(), EventTexts.RESUMED, now);
            }
        });
    }

    /** A change under the lock of the row. */
    private interface Change {
        void apply(Handle handle, JobRow job);
    }

    private JobRow change(Caller caller, String id, Change change) {
        return database.write(handle -> {
            change.apply(handle, JobRows.lock(handle, caller, id));
            return JobRows.get(handle, id);
        });
    }

    private static void setPaused(Handle handle, String id, boolean paused) {
        handle.createUpdate("update job set paused = :paused, estimated_finish = null where id = :id")
                .bind("paused", paused)
                .bind("id", id)
                .execute();
    }

    private static void refuseEnded(JobRow job, String verb) {
        if (job.state().terminal()) {
            throw new Conflict(
                    ErrorCode.INVALID_STATE,
                    null,
                    "Job has already completed: %s is %s and cannot be %s."
                            .formatted(job.id(), job.state().wire(), verb));
        }
    }
}
