package ai.luthier.engine.train;

import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Cross-entropy without logits: the head is applied at supervised positions only, {@value #CHUNK} of them at a time, and
 * each piece gives its loss and its gradient at once, so that a {@code [T, V]} tensor never exists.
 *
 * <pre>
 *   Z  = H·Eᵀ                      [c, V]
 *   L  = Σ log(Σ exp Z) - Z[target]
 *   dZ = (softmax(Z) - onehot) / N [c, V]
 *   dH = dZ·E                      [c, d]     and dE += dZᵀ·H where the head is trained
 * </pre>
 *
 * <p>{@code N} is the number of supervised tokens of the whole optimiser step, however many pieces it is computed in.
 */
final class SupervisedLoss {

    /** Positions in one piece: tall enough for a fast product, small enough for 30 MB of logits at V = 32,000. */
    static final int CHUNK = 256;

    private SupervisedLoss() {}

    /** The sums for these hidden states {@code [T, d]}, without gradients. */
    static LossSum measure(Decoder decoder, Tensor hidden, Batch batch) {
        return run(decoder, hidden, batch, 1, null);
    }

    /**
     * The sums, and into {@code hiddenGradient} {@code [T, d]}, which starts at zero, the gradient of the step's mean loss.
     *
     * @param stepTokens {@code N}
     */
    static LossSum differentiate(Decoder decoder, Tensor hidden, Batch batch, long stepTokens, Tensor hiddenGradient) {
        return run(decoder, hidden, batch, stepTokens, hiddenGradient);
    }

    private static LossSum run(
            Decoder decoder, Tensor hidden, Batch batch, long stepTokens, @Nullable Tensor hiddenGradient) {
        return Scopes.withoutGradients(() -> {
            LossSum sum = LossSum.ZERO;
            try (PointerScope _ = new PointerScope()) {
                Tensor positions = Tensors.longs(batch.positions()); // [n]
                Tensor targets = Tensors.longs(batch.targets()); // [n]
                for (int at = 0; at < batch.supervised(); at += CHUNK) {
                    int size = Math.min(CHUNK, batch.supervised() - at);
                    try (PointerScope _ = new PointerScope()) {
                        Tensor where = positions.narrow(0, at, size); // [c]
                        Tensor h = hidden.index_select(0, where); // [c, d]
                        sum = sum.plus(
                                chunk(decoder, h, where, targets.narrow(0, at, size), stepTokens, hiddenGradient));
                    }
                }
            }
            return sum;
        });
    }

    private static LossSum chunk(
            Decoder decoder, Tensor h, Tensor where, Tensor target, long stepTokens, @Nullable Tensor hiddenGradient) {
        long[] each = {1};
        Tensor column = target.view(h.size(0), 1); // [c, 1]
        Tensor z = decoder.logits(h); // [c, V]
        Tensor p = torch.softmax(z, 1, new ScalarTypeOptional(ScalarType.Float)); // [c, V]
        Tensor zMax = z.amax(each, true).to(ScalarType.Float); // [c, 1]
        Tensor zTarget = z.gather(1, column).to(ScalarType.Float); // [c, 1]
        // log Σ exp z = max z - log(max p): the largest probability never underflows, as a target's own can.
        Tensor logSum = zMax.sub(p.amax(each, true).log()); // [c, 1]
        double loss = logSum.sub(zTarget)
                .sum(new ScalarTypeOptional(ScalarType.Double))
                .item_double();
        long correct = zTarget.eq(zMax).sum().item_long();
        if (hiddenGradient != null) {
            p.scatter_add_(1, column, torch.full(new long[] {h.size(0), 1}, new Scalar(-1f)));
            Tensor dz = decoder.productGradient(z, p.to(h.scalar_type())); // [c, V]
            Scalar scale = new Scalar(1.0 / stepTokens);
            hiddenGradient.index_copy_(0, where, dz.matmul(decoder.head()).mul_(scale)); // [c, d]
            if (decoder.head().requires_grad()) {
                addHeadGradient(decoder.head(), dz.t().matmul(h).mul_(scale)); // [V, d]
            }
        }
        return new LossSum(loss, correct, h.size(0));
    }

    private static void addHeadGradient(Tensor head, Tensor gradient) {
        if (head.grad().defined()) {
            head.mutable_grad().add_(gradient);
        } else {
            head.mutable_grad().put(gradient);
        }
    }
}
