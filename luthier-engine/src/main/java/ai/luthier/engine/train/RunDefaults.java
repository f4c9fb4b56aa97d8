package ai.luthier.engine.train;

/** What runs use where nobody says anything, with or without a server. */
public final class RunDefaults {

    /** Of the LoRA matrices. */
    public static final int RANK = 16;

    /** LoRA's scale times the rank. */
    public static final double ALPHA = 32;

    /** Share of the steps over which the learning rate rises. */
    public static final double WARMUP = 0.05;

    public static final double MAX_GRADIENT_NORM = 1.0;

    /** At most so many steps between two recovery checkpoints. */
    public static final int CHECKPOINT_STEPS = 50;

    /** At most so many seconds between two recovery checkpoints. */
    public static final int CHECKPOINT_SECONDS = 60;

    private RunDefaults() {}
}
