package ai.luthier.engine.train;

/** Asked before every write into a run's folder, so that a worker that lost its lease stops in time. */
@FunctionalInterface
public interface WriteGate {

    /** For a run that nobody competes for. */
    WriteGate OPEN = () -> {};

    /**
     * Returns if writing is allowed now.
     *
     * @throws ai.luthier.api.Conflict if it no longer is
     */
    void check();
}
