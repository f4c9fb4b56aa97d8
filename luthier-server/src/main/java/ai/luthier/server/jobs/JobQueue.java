package ai.luthier.server.jobs;

import ai.luthier.api.Conflict;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.Ids;
import ai.luthier.server.store.Rows;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a worker gets a job, keeps it and gives it back; what it says meanwhile goes through {@link JobReports}.
 *
 * <p>A claim is a lease. It runs out unless its holder sends heartbeats, and carries a fence: a number that grows with every claim of
 * the job. Each write first locks the row and compares the fence, so a worker that was cut off (paused by the system, replaced,
 * cancelled) cannot change anything, however late its write arrives [1]. Claims skip rows that another transaction has locked, so
 * servers that share a database never wait for each other and never get the same job.
 *
 * <p>Safe for any thread.
 *
 * <p>[1] M. Kleppmann, How to do distributed locking, 2016 (fencing tokens).
 */
public final class JobQueue {

    private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);

    /** Of a job o: it is ready, and nobody has it. */
    private static final String WAITS = """
            o.state = 'queued' and not o.paused and (o.lease_expires_at is null or o.lease_expires_at <= clock_timestamp())
            """;

    private final Database database;
    private final Clock clock;
    private final Fence fence;
    private final String owner;
    private final int slots;
    private final Duration leaseTime;

    /**
     * @param owner name of this server, the same after a restart
     * @param slots jobs that it runs at a time, 1 or more
     * @param leaseTime how long a worker may be silent
     */
    public JobQueue(Database database, Clock clock, String owner, int slots, Duration leaseTime) {
        this.database = database;
        this.clock = clock;
        this.fence = new Fence(database, clock);
        this.owner = owner;
        this.slots = slots;
        this.leaseTime = leaseTime;
    }

    /** Takes back the leases of this server's earlier life, so that its jobs need not wait for them to run out. */
    public void forgetEarlierLeases() {
        Instant now = Rows.now(clock);
        database.writeRepeatable(handle -> {
            List<JobRow> held = handle.createQuery("select * from job where lease_owner = :owner for update")
                    .bind("owner", owner)
                    .map((row, context) -> JobRows.job(row))
                    .list();
            held.forEach(job -> letGo(handle, job, now));
            return held.size();
        });
    }

    /** The oldest job whose files nobody looks at yet, now ours; empty when there is none. */
    public Optional<Work> claimValidation() {
        Optional<Work> work = database.write(handle -> claim(handle, "state = 'validating_files'", "created_at, seq"));
        work.ifPresent(this::announceValidation);
        return work;
    }

    private void announceValidation(Work work) {
        JobRow job = work.job();
        fence.hold(work.lease(), (handle, locked, now) -> {
            EventRows.info(
                    handle,
                    job.id(),
                    "validating",
                    EventTexts.validating(job.trainingFile(), job.validationFile()),
                    now);
            return true;
        });
    }

    /** The next job to run, now ours: one that a worker left unfinished, else the first of the queue. Empty when all slots are taken. */
    public Optional<Work> claimRun() {
        return database.write(handle -> {
            // One claim of this server at a time, or two could both see the last free slot.
            handle.createQuery("select pg_advisory_xact_lock(hashtext(:owner))::text")
                    .bind("owner", owner)
                    .mapTo(String.class)
                    .one();
            int busy = handle.createQuery("""
                            select count(*) from job where state in ('queued', 'running') and lease_owner = :owner
                                and lease_expires_at > clock_timestamp()""")
                    .bind("owner", owner)
                    .mapTo(Integer.class)
                    .one();
            return busy >= slots
                    ? Optional.empty()
                    : claim(handle, "state in ('queued', 'running')", "(state = 'running') desc, queued_at, seq");
        });
    }

    private Optional<Work> claim(Handle handle, String which, String order) {
        return handle.createQuery("update job set lease_owner = :owner, lease_fence = lease_fence + 1,"
                        + " lease_expires_at = clock_timestamp() + :seconds * interval '1 second'"
                        + " where id = (select id from job where " + which + " and not paused"
                        + " and (lease_expires_at is null or lease_expires_at <= clock_timestamp())"
                        + " order by " + order + " limit 1 for update skip locked)"
                        + " returning *, (select slug from organization o where o.id = organization_id) as slug")
                .bind("owner", owner)
                .bind("seconds", leaseTime.toMillis() / 1000.0)
                .map((row, context) -> {
                    JobRow job = JobRows.job(row);
                    var lease = new Lease(job.id(), owner, row.getLong("lease_fence"));
                    var caller = new Caller(
                            job.organizationId(), row.getString("slug"), job.projectId(), "worker", Caller.Role.MEMBER);
                    return new Work(job, lease, caller, job.state() == JobState.RUNNING);
                })
                .findOne();
    }

    /** Says that the worker lives; answers what it has to do. Call it several times within the lease time. */
    public Lease.Order heartbeat(Lease lease) {
        return database.writeRepeatable(handle -> handle.createQuery("""
                        update job set lease_expires_at = clock_timestamp() + :seconds * interval '1 second'
                        where id = :id and lease_fence = :fence and lease_owner = :owner returning paused""")
                .bind("seconds", leaseTime.toMillis() / 1000.0)
                .bind("id", lease.jobId())
                .bind("fence", lease.fence())
                .bind("owner", lease.owner())
                .map((row, context) -> row.getBoolean("paused") ? Lease.Order.PAUSE : Lease.Order.CONTINUE)
                .findOne()
                .orElse(Lease.Order.STOP));
    }

    /** Gives a job back unfinished, in the state it is in: the next claim gets it at once. A lease that is gone already is no error. */
    public void release(Lease lease) {
        try {
            fence.hold(lease, (handle, job, now) -> {
                letGo(handle, job, now);
                return true;
            });
        } catch (Conflict gone) {
            LOG.debug("{}", gone.text());
        }
    }

    /** The worker has stopped because the job was paused: it goes back to the queue, and the lease is over. */
    public JobRow parked(Lease lease) {
        return fence.hold(lease, (handle, job, now) -> {
            if (!job.paused() && job.state() == JobState.RUNNING) { // Resumed while the worker was stopping.
                JobRows.move(handle, job, JobState.QUEUED);
            }
            letGo(handle, job, now);
            return JobRows.get(handle, job.id());
        });
    }

    /** The end of a lease, however it comes. A job that was paused while somebody had it stops now, and only now says so. */
    private static void letGo(Handle handle, JobRow job, Instant now) {
        if (job.paused() && job.state() != JobState.VALIDATING_FILES) {
            if (job.state() == JobState.RUNNING) {
                JobRows.move(handle, job, JobState.QUEUED);
            }
            EventRows.info(handle, job.id(), Ids.event(), EventTexts.paused(job.step()), now);
        }
        JobRows.endLease(handle, job.id());
    }

    /** Whether somebody is running a job, or about to. */
    static boolean inHands(Handle handle, String jobId) {
        return handle.createQuery("""
                        select exists (select from job where id = :id and state in ('queued', 'running')
                            and lease_expires_at > clock_timestamp())""").bind("id", jobId).mapTo(Boolean.class).one();
    }

    /** Jobs that wait and come before this one. */
    static int waitingBefore(Handle handle, String jobId) {
        return handle.createQuery("select count(*) from job o, job j where j.id = :id and " + WAITS
                        + "and (o.queued_at, o.seq) < (j.queued_at, j.seq)")
                .bind("id", jobId)
                .mapTo(Integer.class)
                .one();
    }

    /** Jobs that wait and come after this one, in their order. */
    static List<String> waitingAfter(Handle handle, String jobId) {
        return handle.createQuery("select o.id from job o, job j where j.id = :id and " + WAITS
                        + "and (o.queued_at, o.seq) > (j.queued_at, j.seq) order by o.queued_at, o.seq")
                .bind("id", jobId)
                .mapTo(String.class)
                .list();
    }
}
