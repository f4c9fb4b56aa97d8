package ai.luthier.engine.model;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Root-mean-square norm over the last dimension, {@code y = w ⊙ x / √(mean(x²) + ε)}, the mean taken in fp32.
 *
 * @param weight {@code [d]}
 * @param offset whether the weight is stored as its difference from one
 * @param wide whether the weight multiplies in fp32, before rounding to the type of x
 */
record RmsNorm(Tensor weight, double epsilon, boolean offset, boolean wide) implements Norm {

    /** {@code [T, d]} or {@code [T, H, h]} to the same shape. */
    @Override
    public Tensor apply(Tensor x) {
        Tensor in32 = x.to(ScalarType.Float); // [T, d]
        Tensor meanSquare = in32.square().mean(new long[] {-1}, true, new ScalarTypeOptional());
        Tensor inverse = torch.rsqrt(meanSquare.add(new Scalar(epsilon))); // [T, 1]
        Tensor normed = in32.mul(inverse); // [T, d]
        if (!wide) {
            return normed.to(x.scalar_type()).mul(offset ? weight.add(new Scalar(1)) : weight);
        }
        Tensor scale = weight.to(ScalarType.Float); // [d]
        return normed.mul(offset ? scale.add(new Scalar(1)) : scale).to(x.scalar_type());
    }
}
