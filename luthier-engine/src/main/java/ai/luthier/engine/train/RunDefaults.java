package ai.luthier.engine.train;

/** What runs use where nobody says anything, with or without a server. */
public final class RunDefaults {

    /** Of the LoRA matrices. */
    public static final int RANK = 16;

    /** LoRA's scale times the rank. */
    public static final double ALPHA = 32;

    /** The same for rsLoRA, times the rank's root: equal to LoRA at rank {@value #RANK}, larger above it. */
    public static final double RSLORA_ALPHA = 8;

    /** Share of the steps over which the learning rate rises. */
    public static final double WARMUP = 0.05;

    public static final double MAX_GRADIENT_NORM = 1.0;

    /** At most so many steps between two recovery checkpoints. */
    public static final int CHECKPOINT_STEPS = 50;

    /** At most so many seconds between two recovery checkpoints. */
    public static final int CHECKPOINT_SECONDS = 60;

    /** Of the file in which a run keeps what frozen layers compute: 10 million tokens of a model 800 wide, in bf16. */
    public static final long ACTIVATION_CACHE_BYTES = 16L << 30;

    /** Tokens of one forward pass; more makes products no faster and costs memory. */
    public static final int PASS_TOKENS = 2048;

    /** On the fast path, rows longer than so many passes keep one layer's activations at a time. */
    public static final int LONG_PASSES = 2;

    /** Positions for which the head and the loss are computed at once: 30 MB of logits at V = 32,000, and a fast product. */
    public static final int LOSS_ROWS = 256;

    /** Bytes of a training process that trains a model of no size, measured (docs/benchmarks/memory.md). */
    public static final long PROCESS_BYTES = 350L << 20;

    /** Share of activations that lies between tensors, where none fits in, measured (docs/benchmarks/memory.md). */
    public static final double FRAGMENTS = 0.3;

    private RunDefaults() {}
}
