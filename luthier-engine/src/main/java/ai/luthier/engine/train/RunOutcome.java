package ai.luthier.engine.train;

/** How a run came back; failures are exceptions. */
public enum RunOutcome {
    /** The adapter lies in the run's folder. */
    FINISHED,
    /** It was asked to stop; a checkpoint holds everything done so far. */
    INTERRUPTED
}
