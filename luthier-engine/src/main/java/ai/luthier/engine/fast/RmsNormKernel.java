package ai.luthier.engine.fast;

import ai.luthier.engine.tensor.Scopes;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Root-mean-square norm, its weight frozen or trained.
 *
 * <pre>
 *   r  = 1 / √(mean(x²) + ε)            [T, 1]
 *   y  = w ⊙ x·r                        [T, d]
 *   dx = r·(g - x·r²·mean(g ⊙ x))       [T, d]  with g = w ⊙ dy
 *   dw = Σ dy ⊙ x·r over the rows       [d]     where it is trained
 * </pre>
 *
 * <p>Everything between is fp32 in reused memory: operators on one type and one layout run several times faster than those that
 * convert on the way, and the result is rounded once.
 */
final class RmsNormKernel implements AutoCloseable {

    private static final long[] COLUMNS = {1};
    private static final long[] ROWS = {0};

    private final Tensor weight; // [d] fp32
    private final @Nullable Tensor source; // [d], what it is a copy of; null where it never changes
    private final @Nullable Tensor weightGradient; // [d] fp32; null where it is frozen
    private final double epsilon;
    private final Scratch scratch;

    /** {@code weight} {@code [d]} in any type; {@code gradient} is where its own is added to, null where it is frozen. */
    RmsNormKernel(Tensor weight, @Nullable Tensor gradient, double epsilon, Scratch scratch) {
        this.source = gradient == null ? null : weight;
        this.weightGradient = gradient;
        try (PointerScope _ = new PointerScope()) {
            this.weight = Scopes.retain(weight.detach().to(ScalarType.Float));
        }
        this.epsilon = epsilon;
        this.scratch = scratch;
    }

    /** Takes over the weight as it is now. */
    void refresh() {
        if (source != null) {
            weight.copy_(source);
        }
    }

    /** {@code r} of {@code x} {@code [T, d]}: {@code [T, 1]} fp32. */
    Tensor inverse(Tensor x) {
        Tensor wide = wide(0, x); // [T, d]
        Tensor meanSquare = wide.mul_(wide).mean(COLUMNS, true, new ScalarTypeOptional()); // [T, 1]
        return meanSquare.add_(new Scalar(epsilon)).rsqrt_();
    }

    /** {@code y}, {@code [T, d]} in the type of x. */
    Tensor apply(Tensor x, Tensor inverse) {
        Tensor y = torch.empty_like(x); // [T, d]
        return y.copy_(wide(0, x).mul_(inverse).mul_(weight));
    }

    /** Adds {@code dx} to {@code sum}; all {@code [T, d]}. */
    void backward(Tensor x, Tensor inverse, Tensor gradient, Tensor sum) {
        Tensor dx = gradient(x, inverse, gradient); // [T, d] fp32
        sum.copy_(wide(1, sum).add_(dx));
    }

    /** {@code dx} {@code [T, d]} fp32, in working memory that the next pass takes. */
    Tensor gradient(Tensor x, Tensor inverse, Tensor gradient) {
        Tensor g = wide(0, gradient).mul_(weight); // [T, d]
        Tensor wideX = wide(1, x); // [T, d]
        Tensor product = torch.mul_out(scratch.wide(2, x.size(0), x.size(1)), g, wideX); // [T, d]
        Tensor pull = product.mean(COLUMNS, true, new ScalarTypeOptional())
                .mul_(inverse)
                .mul_(inverse); // [T, 1]
        return g.addcmul_(wideX, pull, new Scalar(-1.0)).mul_(inverse);
    }

    /** Adds {@code dw} to the weight's gradient, where it is trained; arguments as for {@link #backward}. */
    void weightBackward(Tensor x, Tensor inverse, Tensor gradient) {
        if (weightGradient != null) {
            Tensor each = wide(0, x).mul_(inverse).mul_(wide(1, gradient)); // [T, d]
            weightGradient.add_(each.sum(ROWS, false, new ScalarTypeOptional()));
        }
    }

    private Tensor wide(int index, Tensor x) {
        return scratch.wide(index, x.size(0), x.size(1)).copy_(x);
    }

    @Override
    public void close() {
        weight.close();
    }
}
