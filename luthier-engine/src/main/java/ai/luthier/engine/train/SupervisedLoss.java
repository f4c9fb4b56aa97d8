package ai.luthier.engine.train;

import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Dtype;
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
 * Cross-entropy without logits: the head is applied at supervised positions only, {@value RunDefaults#LOSS_ROWS} of them at a time, and
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
    static LossSum differentiate(
            Decoder decoder, Tensor hidden, Batch batch, long stepTokens, @Nullable Tensor hiddenGradient) {
        return run(decoder, hidden, batch, stepTokens, hiddenGradient);
    }

    /**
     * Every supervised token for itself.
     *
     * @param weights {@code [n]} of the tokens in the loss whose gradient is taken, {@code Σ -w·log p}; null for 1 each
     * @param hiddenGradient {@code [T, d]}, starts at zero and becomes that gradient; null where none is wanted
     */
    static TokenScores score(
            Decoder decoder, Tensor hidden, Batch batch, @Nullable Tensor weights, @Nullable Tensor hiddenGradient) {
        float[] logProbabilities = new float[batch.supervised()];
        boolean[] best = new boolean[batch.supervised()];
        pieces(hidden, batch, weights, (at, places) -> {
            Piece piece = piece(decoder, hidden, places, 1, hiddenGradient);
            float[] losses = Tensors.toFloats(piece.loss());
            long[] correct = Tensors.toLongs(piece.correct());
            for (int i = 0; i < losses.length; i++) {
                logProbabilities[at + i] = -losses[i];
                best[at + i] = correct[i] != 0;
            }
        });
        return new TokenScores(logProbabilities, best);
    }

    private static LossSum run(
            Decoder decoder, Tensor hidden, Batch batch, long stepTokens, @Nullable Tensor hiddenGradient) {
        LossSum[] sum = {LossSum.ZERO};
        pieces(hidden, batch, null, (_, places) -> {
            Piece piece = piece(decoder, hidden, places, stepTokens, hiddenGradient);
            double loss =
                    piece.loss().sum(new ScalarTypeOptional(ScalarType.Double)).item_double();
            sum[0] = sum[0].plus(new LossSum(
                    loss, piece.correct().sum().item_long(), piece.loss().size(0)));
        });
        return sum[0];
    }

    /** What is said of the positions of one piece: {@code [c, 1]} each. */
    private record Piece(Tensor loss, Tensor correct) {}

    /** Where a piece lies: {@code [c]} lines of hidden states, their {@code [c, 1]} targets and weights. */
    private record Places(
            Tensor where, Tensor target, @Nullable Tensor weight) {}

    private interface OfPiece {
        void accept(int at, Places places);
    }

    private static void pieces(Tensor hidden, Batch batch, @Nullable Tensor weights, OfPiece each) {
        Scopes.withoutGradients(() -> {
            try (PointerScope _ = new PointerScope()) {
                Tensor positions = Tensors.longs(batch.positions()); // [n]
                Tensor targets = Tensors.longs(batch.targets()); // [n]
                for (int at = 0; at < batch.supervised(); at += RunDefaults.LOSS_ROWS) {
                    int size = Math.min(RunDefaults.LOSS_ROWS, batch.supervised() - at);
                    try (PointerScope _ = new PointerScope()) {
                        each.accept(
                                at,
                                new Places(
                                        positions.narrow(0, at, size),
                                        targets.narrow(0, at, size).unsqueeze(1),
                                        weights == null
                                                ? null
                                                : weights.narrow(0, at, size).unsqueeze(1)));
                    }
                }
            }
            return hidden;
        });
    }

    private static Piece piece(
            Decoder decoder, Tensor hidden, Places places, long stepTokens, @Nullable Tensor hiddenGradient) {
        long[] each = {1};
        Tensor h = hidden.index_select(0, places.where()); // [c, d]
        Tensor column = places.target(); // [c, 1]
        Tensor z = decoder.logits(h); // [c, V]
        Tensor p = torch.softmax(z, 1, new ScalarTypeOptional(ScalarType.Float)); // [c, V]
        Tensor zMax = z.amax(each, true).to(ScalarType.Float); // [c, 1]
        Tensor zTarget = z.gather(1, column).to(ScalarType.Float); // [c, 1]
        // log Σ exp z = max z - log(max p): the largest probability never underflows, as a target's own can.
        Tensor logSum = zMax.sub(p.amax(each, true).log()); // [c, 1]
        Piece said = new Piece(logSum.sub(zTarget), zTarget.eq(zMax));
        if (hiddenGradient != null) {
            p.scatter_add_(1, column, Tensors.zeros(Dtype.FP32, h.size(0), 1).sub_(new Scalar(1)));
            Tensor weight = places.weight();
            if (weight != null) {
                p.mul_(weight);
            }
            Tensor dz = decoder.productGradient(z, p.to(h.scalar_type())); // [c, V]
            Scalar scale = new Scalar(1.0 / stepTokens);
            hiddenGradient.index_copy_(
                    0, places.where(), dz.matmul(decoder.head()).mul_(scale)); // [c, d]
            if (decoder.head().requires_grad()) {
                addHeadGradient(decoder.head(), dz.t().matmul(h).mul_(scale)); // [V, d]
            }
        }
        return said;
    }

    private static void addHeadGradient(Tensor head, Tensor gradient) {
        if (head.grad().defined()) {
            head.mutable_grad().add_(gradient);
        } else {
            head.mutable_grad().put(gradient);
        }
    }
}
