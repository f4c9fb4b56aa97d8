package ai.luthier.engine.train;

/** Which code computes a run's gradients. */
public enum TrainingPath {
    /** The fast one where it covers the run, the reference otherwise. */
    AUTO,
    /** Autograd: every family and every method. */
    REFERENCE,
    /** The hand-written backward pass, {@code ai.luthier.engine.fast}; a run that it does not cover fails. */
    FAST
}
