package ai.luthier.engine.pretrain;

import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Cross-entropy at chosen positions, in chunks, with its gradient computed by hand: the scores of one chunk are turned in
 * place into probabilities and then into the gradient, so that there is never a {@code [T, V]} matrix and autograd keeps none.
 */
final class NextTokenLoss {

    /** Positions at once: 512 rows of 4,096 fp32 scores are 8 MB and stay in the cache. */
    private static final int CHUNK = 512;

    private NextTokenLoss() {}

    /** Positions whose next token counts, and these tokens; as long as each other. */
    record Targets(int[] positions, int[] tokens) {}

    /** The sum over the targets in nats. Call without recording gradients. */
    static double sum(Decoder decoder, Tensor hidden, Targets targets) {
        return run(decoder, hidden, targets, null, null);
    }

    /**
     * The sum over the targets in nats, and the gradient of their mean.
     *
     * @param hidden {@code [T, d]}, detached
     * @param hiddenGradient {@code [T, d]} zeros, filled here at the positions
     * @param headGradient {@code [V, d]} fp32, added to
     */
    static double gradient(
            Decoder decoder, Tensor hidden, Targets targets, Tensor hiddenGradient, Tensor headGradient) {
        return run(decoder, hidden, targets, hiddenGradient, headGradient);
    }

    private static double run(
            Decoder decoder,
            Tensor hidden,
            Targets targets,
            @Nullable Tensor hiddenGradient,
            @Nullable Tensor headGradient) {
        int n = targets.positions().length;
        double total = 0;
        for (int start = 0; start < n; start += CHUNK) {
            int end = Math.min(n, start + CHUNK);
            try (PointerScope _ = new PointerScope()) {
                Tensor index = Tensors.ids(Arrays.copyOfRange(targets.positions(), start, end)); // [c]
                Tensor next = Tensors.ids(Arrays.copyOfRange(targets.tokens(), start, end))
                        .unsqueeze(1); // [c, 1]
                Tensor x = hidden.index_select(0, index); // [c, d]
                Tensor scores = decoder.logits(x).to(ScalarType.Float); // [c, V]
                Tensor normaliser = torch.logsumexp(scores, new long[] {1}, true); // [c, 1]
                total += normaliser.sub(scores.gather(1, next)).sum().item_double();
                if (hiddenGradient == null || headGradient == null) {
                    continue;
                }
                Tensor slope = scores.sub_(normaliser).exp_(); // [c, V], the probabilities
                Tensor minusOne = Tensors.empty(Dtype.FP32, end - start, 1).fill_(new Scalar(-1f));
                slope.scatter_add_(1, next, minusOne).mul_(new Scalar(1.0 / n));
                Tensor narrow = slope.to(x.scalar_type()); // [c, V]
                hiddenGradient.index_copy_(0, index, narrow.matmul(decoder.head()));
                headGradient.add_(narrow.t().matmul(x).to(ScalarType.Float));
            }
        }
        return total;
    }
}
