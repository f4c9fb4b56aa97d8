package ai.luthier.engine.train;

/** Who follows a run: a worker's journal, a progress line. Called on the run's own thread. */
@FunctionalInterface
public interface RunObserver {

    /** Something happened. */
    void on(RunEvent event);

    /**
     * A checkpoint, a snapshot or the result is about to be written. When this returns, everything told so far must survive a
     * power cut, so that no checkpoint knows of a step that was never told.
     */
    default void beforeWrite() {}
}
