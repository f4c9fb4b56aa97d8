package ai.luthier.engine.pretrain;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One step of Muon [1] for a matrix: momentum, then the nearest semi-orthogonal matrix as the update.
 *
 * <p>Adam scales each element by itself. Muon treats the matrix as a map: it sets all singular values of the momentum to
 * about one, so that rare directions move as far as common ones. For a model this small it reaches the same loss as
 * AdamW in well under two thirds of the tokens; the price is five rounds of three small products for each matrix and step.
 *
 * <p>The orthogonalisation is Newton-Schulz with the odd polynomial {@code a·x + b·x³ + c·x⁵}, which takes singular values
 * from (0, 1] to about [0.7, 1.2]; exactness is not needed. It runs in bf16.
 *
 * <p>[1] Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024.
 */
final class Muon {

    private static final double MOMENTUM = 0.95;
    private static final double A = 3.4445;
    private static final double B = -4.7750;
    private static final double C = 2.0315;
    private static final int ROUNDS = 5;

    private Muon() {}

    /**
     * Changes {@code weight} and {@code momentum} in place.
     *
     * @param weight {@code [out, in]}, fp32
     * @param gradient {@code [out, in]}, fp32
     * @param momentum {@code [out, in]}, fp32
     */
    static void step(Tensor weight, Tensor gradient, Tensor momentum, double rate) {
        momentum.mul_(new Scalar(MOMENTUM)).add_(gradient);
        Tensor ahead = gradient.add(momentum, new Scalar(MOMENTUM)); // [out, in], Nesterov's look ahead
        double shape = Math.sqrt(Math.max(1, (double) weight.size(0) / weight.size(1)));
        weight.add_(orthogonal(ahead).to(ScalarType.Float), new Scalar(-rate * shape));
    }

    /** The matrix with its singular values moved to about one; {@code [m, n]} in bf16. */
    static Tensor orthogonal(Tensor matrix) {
        boolean tall = matrix.size(0) > matrix.size(1);
        Tensor x = (tall ? matrix.t() : matrix).to(ScalarType.BFloat16); // [p, q], p ≤ q
        x = x.div(x.norm().add(new Scalar(1e-7)));
        for (int round = 0; round < ROUNDS; round++) {
            Tensor square = x.matmul(x.t()); // [p, p]
            Tensor polynomial =
                    square.mul(new Scalar(B)).addmm_(square, square, new Scalar(1.0), new Scalar(C)); // [p, p]
            x = x.mul(new Scalar(A)).addmm_(polynomial, x, new Scalar(1.0), new Scalar(1.0)); // [p, q]
        }
        return tall ? x.t() : x;
    }
}
