package ai.luthier.engine.model;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Root-mean-square norm, {@code y = w ⊙ x / √(mean(x²) + ε)}, the mean taken in fp32. */
record RmsNorm(Tensor weight, double epsilon) {

    /** {@code [T, d]} to {@code [T, d]}. */
    Tensor apply(Tensor x) {
        Tensor wide = x.to(ScalarType.Float); // [T, d]
        Tensor meanSquare = wide.square().mean(new long[] {1}, true, new ScalarTypeOptional());
        Tensor inverse = torch.rsqrt(meanSquare.add(new Scalar(epsilon))); // [T, 1]
        return wide.mul(inverse).to(x.scalar_type()).mul(weight);
    }
}
