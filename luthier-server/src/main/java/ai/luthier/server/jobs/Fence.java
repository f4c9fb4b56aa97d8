package ai.luthier.server.jobs;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.Rows;
import java.time.Clock;
import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** The gate in front of every write of a worker: the row is locked and the fence compared before anything changes. Safe for any thread. */
final class Fence {

    private final Database database;
    private final Clock clock;

    Fence(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A write by the holder of a lease, under the lock of the row. */
    interface Report<T> {
        T apply(Handle handle, JobRow job, Instant now);
    }

    /**
     * Reports are harmless when done twice, so one whose COMMIT broke is repeated. Where that COMMIT had ended the lease after all, the
     * repetition finds it gone: the holder is told so, and the job is in the state that was reported.
     *
     * @throws Conflict {@code BUSY} when the lease is gone; nothing was written
     */
    <T> T hold(Lease lease, Report<T> report) {
        Instant now = Rows.now(clock);
        return database.writeRepeatable(handle -> {
            JobRow job = handle.createQuery(
                            "select * from job where id = :id and lease_fence = :fence and lease_owner = :owner for update")
                    .bind("id", lease.jobId())
                    .bind("fence", lease.fence())
                    .bind("owner", lease.owner())
                    .map((row, context) -> JobRows.job(row))
                    .findOne()
                    .orElseThrow(() -> new Conflict(
                            ErrorCode.BUSY,
                            "lease",
                            "The lease %d on %s is gone: the job was cancelled, or another worker has it."
                                    .formatted(lease.fence(), lease.jobId())));
            return report.apply(handle, job, now);
        });
    }
}
