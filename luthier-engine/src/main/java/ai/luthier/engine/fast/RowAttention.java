package ai.luthier.engine.fast;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Causal attention of every row within itself, a block of queries at a time, and its backward pass.
 *
 * <pre>
 *   P = softmax(q·kᵀ + mask)       o = P·v                                       P [K, G·b, s]
 *   dv += Pᵀ·do      dP = do·vᵀ      dS = P ⊙ (dP - Σ P ⊙ dP)      dq = dS·k      dk += dSᵀ·q
 * </pre>
 *
 * <p>The {@code G} query heads that share a key-value head are folded into the rows of one product. A block of {@code b}
 * queries sees the {@code s} keys up to its own end, so nearly half of a long row's scores are never computed, and memory is
 * bounded by one block's scores unless they are kept.
 */
final class RowAttention {

    private RowAttention() {}

    /**
     * @param query {@code [n, H, h]}, turned and scaled
     * @param key {@code [T, K, h]}, turned
     * @param value {@code [T, K, h]}
     * @param kept takes the weights P of every block; null where they are to be computed again
     * @return {@code [n, H·h]}
     */
    static Tensor forward(
            Tensor query, Tensor key, Tensor value, List<Geometry.Row> rows, @Nullable List<Tensor> kept) {
        long heads = query.size(1);
        long h = query.size(2);
        Tensor mixed = Tensors.empty(Dtype.of(query), query.size(0), heads, h); // [n, H, h]
        for (Geometry.Row row : rows) {
            try (PointerScope _ = new PointerScope()) {
                Tensor k = ofRow(key, row); // [K, t, h]
                Tensor v = ofRow(value, row); // [K, t, h]
                for (Geometry.Block block : row.blocks()) {
                    try (PointerScope _ = new PointerScope()) {
                        Tensor p = weights(folded(query, block, k.size(0)), k, block); // [K, G·b, s]
                        Tensor o = torch.bmm(p, v.narrow(1, 0, block.seen())); // [K, G·b, h]
                        unfold(o, mixed, block);
                        if (kept != null && row.length() <= FastOptions.KEPT_ROW) {
                            kept.add(Scopes.retain(p));
                        }
                    }
                }
            }
        }
        return mixed.view(query.size(0), heads * h);
    }

    /**
     * The way back.
     *
     * @param kept what the forward pass put there
     * @param gradient of the result, {@code [n, H·h]}
     * @param queryGradient {@code [n, H, h]}, overwritten
     * @param keyGradient {@code [T, K, h]}, zero before
     * @param valueGradient {@code [T, K, h]}, zero before
     */
    static void backward(
            Tensor query,
            Tensor key,
            Tensor value,
            List<Geometry.Row> rows,
            @Nullable List<Tensor> kept,
            Tensor gradient,
            Tensor queryGradient,
            Tensor keyGradient,
            Tensor valueGradient) {
        Tensor byHead = gradient.view(query.size(0), query.size(1), query.size(2)); // [n, H, h]
        int next = 0;
        for (Geometry.Row row : rows) {
            try (PointerScope _ = new PointerScope()) {
                Tensor k = ofRow(key, row); // [K, t, h]
                Tensor v = ofRow(value, row); // [K, t, h]
                Tensor dk = torch.zeros_like(k); // [K, t, h]
                Tensor dv = torch.zeros_like(v); // [K, t, h]
                for (Geometry.Block block : row.blocks()) {
                    try (PointerScope _ = new PointerScope()) {
                        Tensor q = folded(query, block, k.size(0)); // [K, G·b, h]
                        Tensor p = kept != null && row.length() <= FastOptions.KEPT_ROW // [K, G·b, s]
                                ? kept.get(next++)
                                : weights(q, k, block);
                        Tensor od = folded(byHead, block, k.size(0)); // [K, G·b, h]
                        add(dv, block, p, od);
                        Tensor ds = torch.bmm(od, seen(v, block).transpose(1, 2)); // dP [K, G·b, s]
                        Softmax.backward(p, ds);
                        unfold(torch.bmm(ds, seen(k, block)), queryGradient, block);
                        add(dk, block, ds, q);
                    }
                }
                keyGradient.narrow(0, row.start(), row.length()).add_(dk.transpose(0, 1));
                valueGradient.narrow(0, row.start(), row.length()).add_(dv.transpose(0, 1));
            }
        }
    }

    /** {@code P} of queries {@code [K, G·b, h]}. */
    private static Tensor weights(Tensor q, Tensor k, Geometry.Block block) {
        Tensor scores = torch.bmm(q, seen(k, block).transpose(1, 2)); // [K, G·b, s]
        long tail = block.mask().size(1);
        if (tail > 0) {
            scores.view(k.size(0), -1, block.size(), block.seen()) // [K, G, b, s]
                    .narrow(3, block.seen() - tail, tail)
                    .add_(block.mask());
        }
        Softmax.apply(scores);
        return scores;
    }

    /** {@code sum[:, :s] += leftᵀ·right}, {@code sum} {@code [K, t, h]}. */
    private static void add(Tensor sum, Geometry.Block block, Tensor left, Tensor right) {
        seen(sum, block).baddbmm_(left.transpose(1, 2), right, new Scalar(1.0), new Scalar(1.0));
    }

    private static Tensor seen(Tensor row, Geometry.Block block) {
        return row.narrow(1, 0, block.seen());
    }

    private static Tensor ofRow(Tensor keys, Geometry.Row row) {
        return keys.narrow(0, row.start(), row.length()).transpose(0, 1).contiguous();
    }

    /** A block of {@code [n, H, h]} as {@code [K, G·b, h]}. */
    private static Tensor folded(Tensor heads, Geometry.Block block, long groups) {
        long h = heads.size(2);
        return heads.narrow(0, block.from(), block.size())
                .view(block.size(), groups, -1, h)
                .permute(1, 2, 0, 3)
                .reshape(groups, -1, h);
    }

    /** Writes {@code [K, G·b, h]} into its block of {@code [n, H, h]}. */
    private static void unfold(Tensor folded, Tensor heads, Geometry.Block block) {
        long groups = folded.size(0);
        long h = folded.size(2);
        heads.narrow(0, block.from(), block.size())
                .view(block.size(), groups, -1, h)
                .permute(1, 2, 0, 3)
                .copy_(folded.view(groups, -1, block.size(), h));
    }
}
