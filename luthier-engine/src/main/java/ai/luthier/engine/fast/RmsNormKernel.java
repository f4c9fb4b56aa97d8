package ai.luthier.engine.fast;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Root-mean-square norm with a frozen weight.
 *
 * <pre>
 *   r  = 1 / √(mean(x²) + ε)            [T, 1]  fp32
 *   y  = w ⊙ x·r                        [T, d]
 *   dx = r·(g - x·r²·mean(g ⊙ x))       [T, d]  with g = w ⊙ dy, in fp32
 * </pre>
 *
 * @param weight {@code [d]}
 * @param wideWeight the same in fp32
 */
record RmsNormKernel(Tensor weight, Tensor wideWeight, double epsilon) {

    private static final long[] COLUMNS = {1};

    /** {@code r}, {@code [T, 1]}. */
    Tensor inverse(Tensor x) {
        Tensor meanSquare = x.to(ScalarType.Float).square().mean(COLUMNS, true, new ScalarTypeOptional()); // [T, 1]
        return meanSquare.add_(new Scalar(epsilon)).rsqrt_();
    }

    /** {@code y}, {@code [T, d]}. */
    Tensor apply(Tensor x, Tensor inverse) {
        return x.mul(inverse).to(x.scalar_type()).mul_(weight);
    }

    /** Adds {@code dx} to {@code sum}; all {@code [T, d]}. */
    void backward(Tensor x, Tensor inverse, Tensor gradient, Tensor sum) {
        Tensor g = gradient.mul(wideWeight); // [T, d] fp32
        Tensor mean = g.mul(x).mean(COLUMNS, true, new ScalarTypeOptional()); // [T, 1]
        Tensor pull = mean.mul_(inverse).mul_(inverse); // [T, 1]
        sum.add_(
                torch.addcmul(g, x.to(ScalarType.Float), pull, new Scalar(-1.0)).mul_(inverse));
    }
}
