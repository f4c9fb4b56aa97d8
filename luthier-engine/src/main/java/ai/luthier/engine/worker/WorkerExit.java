package ai.luthier.engine.worker;

/** How a worker process ended, by its exit code (the numbers are those of {@code sysexits.h}). */
public enum WorkerExit {
    /** {@code adapter/} is there. */
    FINISHED(0),
    /** The run can never succeed as it stands; the last line of the journal says why. */
    FAILED(65),
    /** A fault of Luthier; {@code worker.log} has the trace. */
    FAULT(70),
    /** Asked to stop; a checkpoint was written, another worker can go on. */
    INTERRUPTED(75),
    /** Lost its lease before or during the run and wrote nothing more. */
    FENCED(76),
    /** Killed from outside, for want of memory, or crashed in native code. */
    DIED(-1);

    private final int code;

    WorkerExit(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** Any code that is not one of ours counts as {@link #DIED}. */
    static WorkerExit of(int code) {
        for (WorkerExit exit : values()) {
            if (exit.code == code && exit != DIED) {
                return exit;
            }
        }
        return DIED;
    }
}
