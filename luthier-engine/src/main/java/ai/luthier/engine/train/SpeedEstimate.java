package ai.luthier.engine.train;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.MatmulRate;
import ai.luthier.engine.tensor.Torch;

/** How fast this machine will train a model with LoRA, before anything has run. */
public final class SpeedEstimate {

    /** Of the rate of a single matrix product, as measured in docs/benchmarks/training-speed.md for small and larger models. */
    private static final double FRACTION = 0.55;

    private static final int USUAL_LENGTH = 256;

    private SpeedEstimate() {}

    /**
     * Tokens per second of supervised fine-tuning in bf16 with rank {@value RunDefaults#RANK}, for rows of {@value
     * #USUAL_LENGTH} tokens that are all learnt. Multiplies matrices of the model's shape for about a second, with every thread
     * the process may use.
     */
    public static double tokensPerSecond(DecoderSpec spec) {
        Torch.threads(Torch.availableThreads());
        double rate = MatmulRate.measure(Dtype.BF16, 512, spec.width(), spec.feedForward(), System::nanoTime);
        double perToken = usefulOperations(spec, USUAL_LENGTH, USUAL_LENGTH, RunDefaults.RANK) / USUAL_LENGTH;
        return FRACTION * rate / perToken;
    }

    /**
     * Operations that training with LoRA cannot do without, of one example of {@code length} tokens: a frozen weight is used
     * forward and for the gradient of its input, a factor of LoRA for its own gradient too, attention likewise; the head at
     * supervised tokens only. Padding and recomputation count nothing.
     *
     * <pre>  length·(4·P_frozen + 6·P_lora + 6·L·length·d_attention) + supervised·4·V·d</pre>
     */
    public static double usefulOperations(DecoderSpec spec, int length, int supervised, int rank) {
        double frozen = 0;
        double lora = 0;
        for (Projection projection : Projection.of(spec)) {
            frozen += (double) spec.layers() * projection.inputs(spec) * projection.outputs(spec);
            lora += (double) spec.layers() * rank * (projection.inputs(spec) + projection.outputs(spec));
        }
        double attention = 6.0 * spec.layers() * length * spec.heads() * spec.headWidth();
        return length * (4 * frozen + 6 * lora + attention) + supervised * 4.0 * spec.vocabulary() * spec.width();
    }
}
