package ai.luthier.server.jobs;

/**
 * The right to write about one job, until someone else gets it.
 *
 * @param fence grows with every claim of the job; whoever holds an older one is refused
 */
public record Lease(String jobId, String owner, long fence) {

    /** What the holder has to do, as its heartbeat learns. */
    public enum Order {
        CONTINUE,
        /** Write a recovery checkpoint, stop, and call {@link JobQueue#parked}. */
        PAUSE,
        /** Stop without a further write: the job was cancelled, or another worker has it. */
        STOP
    }
}
