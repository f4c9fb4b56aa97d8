package ai.luthier.engine.model;

/**
 * The feed-forward block: {@code Down · (act(Gate·n) ⊙ Up·n)}, or without a gate {@code Down · act(Up·n)}.
 *
 * @param gated whether there is a gate
 * @param activation {@code act}
 * @param bias whether its projections have biases
 */
public record FeedForwardSpec(boolean gated, Activation activation, boolean bias) {

    /** SwiGLU without biases, as in Llama. */
    public static final FeedForwardSpec SWIGLU = new FeedForwardSpec(true, Activation.SILU, false);
}
