package ai.luthier.engine.fast;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The gated product between the feed-forward projections.
 *
 * <pre>
 *   m  = silu(g) ⊙ u              all [T, f]
 *   du = dm ⊙ silu(g)
 *   dg = silu'(g) ⊙ (dm ⊙ u)
 * </pre>
 */
final class GatedProduct {

    private GatedProduct() {}

    /** Writes {@code du} and {@code dg} from {@code dm}, which is used up, and {@code silu(g)}. */
    static void backward(
            Tensor gate, Tensor activated, Tensor up, Tensor gradient, Tensor gateGradient, Tensor upGradient) {
        torch.mul_out(upGradient, gradient, activated);
        torch.silu_backward_out(gateGradient, gradient.mul_(up), gate);
    }
}
