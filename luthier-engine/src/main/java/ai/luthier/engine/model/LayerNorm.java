package ai.luthier.engine.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Layer norm over the last dimension, {@code y = w ⊙ (x - mean(x)) / √(var(x) + ε) + b}.
 *
 * @param weight {@code [d]}
 * @param bias {@code [d]}
 */
record LayerNorm(Tensor weight, Tensor bias, double epsilon) implements Norm {

    /** {@code [T, d]} to the same shape. */
    @Override
    public Tensor apply(Tensor x) {
        long[] over = {weight.size(0)};
        return torch.layer_norm(x, over, new TensorOptional(weight), new TensorOptional(bias), epsilon, true);
    }
}
