package ai.luthier.engine.model;

import org.bytedeco.pytorch.Tensor;

/**
 * A forward pass that can be gone back through: hidden states now, gradients of everything trainable later.
 *
 * <p>The graph is cut at the hidden states. Whoever turns them into a loss hands back only the loss's gradient with respect
 * to them, so the loss may be computed in pieces and a {@code [T, V]} tensor never exists. Belongs to the scope in which it
 * was made; {@link #backward} is called at most once.
 */
public sealed interface TrainingPass permits KeptPass, RecomputedPass {

    /** Hidden states after the final norm, {@code [T, d]}, outside the graph. */
    Tensor hidden();

    /** Adds to every trainable tensor's gradient what follows from this gradient of the hidden states, {@code [T, d]}. */
    void backward(Tensor hiddenGradient);
}
