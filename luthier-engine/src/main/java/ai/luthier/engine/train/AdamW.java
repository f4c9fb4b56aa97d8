package ai.luthier.engine.train;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Adam with decoupled weight decay [1] over one fp32 vector, in the order of operations of {@code torch.optim.AdamW}:
 *
 * <pre>
 *   p ← p·(1 - lr·λ)
 *   m ← m + (1-β₁)(g - m)          v ← β₂·v + (1-β₂)·g²
 *   p ← p - lr/(1-β₁ᵗ) · m / (√v / √(1-β₂ᵗ) + ε)
 * </pre>
 *
 * <p>Every parameter can have a rate of its own, in units of {@code lr}: LoRA+ learns B faster than A [2].
 *
 * <p>[1] Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019. [2] Hayou et al., LoRA+: Efficient Low Rank
 * Adaptation of Large Models, 2024. Used by one thread.
 */
final class AdamW implements AutoCloseable {

    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final double weightDecay;
    private final Tensor firstMoment; // [P]
    private final Tensor secondMoment; // [P]
    private final @Nullable Tensor rates; // [P]; null where all are 1
    private int updates;

    /** For a vector of {@code size} parameters, both moments zero. */
    AdamW(long size, double weightDecay) {
        this(size, weightDecay, null);
    }

    /** The same with a rate for each parameter, {@code [P]}, which is the optimiser's from now on. */
    AdamW(long size, double weightDecay, @Nullable Tensor rates) {
        this.weightDecay = weightDecay;
        this.rates = rates == null ? null : Scopes.retain(rates);
        try (PointerScope _ = new PointerScope()) {
            this.firstMoment = Scopes.retain(Tensors.zeros(Dtype.FP32, size));
            this.secondMoment = Scopes.retain(Tensors.zeros(Dtype.FP32, size));
        }
    }

    /** Updates the values in place by their gradients; both {@code [P]}. */
    void update(Tensor values, Tensor gradients, double learningRate) {
        updates++;
        double correction1 = 1 - Math.pow(BETA1, updates);
        double correction2 = 1 - Math.pow(BETA2, updates);
        try (PointerScope _ = new PointerScope()) {
            Scopes.withoutGradients(() -> {
                if (rates == null) {
                    values.mul_(new Scalar(1 - learningRate * weightDecay));
                } else if (weightDecay > 0) {
                    values.addcmul_(values, rates, new Scalar(-learningRate * weightDecay));
                }
                firstMoment.lerp_(gradients, new Scalar(1 - BETA1));
                secondMoment.mul_(new Scalar(BETA2)).addcmul_(gradients, gradients, new Scalar(1 - BETA2));
                Tensor denominator = secondMoment
                        .sqrt()
                        .div_(new Scalar(Math.sqrt(correction2)))
                        .add_(new Scalar(EPSILON)); // [P]
                Tensor direction = rates == null ? firstMoment : firstMoment.mul(rates); // [P]
                return values.addcdiv_(direction, denominator, new Scalar(-learningRate / correction1));
            });
        }
    }

    Tensor firstMoment() {
        return firstMoment;
    }

    Tensor secondMoment() {
        return secondMoment;
    }

    /** How many updates the moments contain; set when they are restored. */
    void updates(int count) {
        updates = count;
    }

    @Override
    public void close() {
        firstMoment.close();
        secondMoment.close();
        if (rates != null) {
            rates.close();
        }
    }
}
