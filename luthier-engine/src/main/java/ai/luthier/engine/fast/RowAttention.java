package ai.luthier.engine.fast;

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
 *   P = softmax(q·kᵀ + mask)       o = P·v                                       P [K, b·G, s]
 *   dv += Pᵀ·do      dP = do·vᵀ      dS = P ⊙ (dP - Σ P ⊙ dP)      dq = dS·k      dk += dSᵀ·q
 * </pre>
 *
 * <p>Key-value heads come first in every layout: {@code [K, T, h]}, and {@code [K, n·G, h]} for queries, where the {@code G}
 * heads that share a key-value head lie behind each other for every token. So a block is a piece of each, no head is repeated,
 * and every product is as tall as it can be.
 *
 * <p>A block of {@code b} queries sees the {@code s} keys up to its own end: nearly half of a long row's scores are never
 * computed, and memory is bounded by one block's scores unless they are kept.
 */
final class RowAttention {

    private RowAttention() {}

    /**
     * Attention of these rows.
     *
     * @param query {@code [K, n·G, h]}, turned and scaled
     * @param key {@code [K, T, h]}, turned
     * @param value {@code [K, T, h]}
     * @param kept takes the weights P of every block; null where they are to be computed again
     * @return {@code [K, n·G, h]}
     */
    static Tensor forward(
            Tensor query, Tensor key, Tensor value, Geometry.Queries queries, @Nullable List<Tensor> kept) {
        Tensor mixed = torch.empty_like(query); // [K, n·G, h]
        for (Geometry.Row row : queries.rows()) {
            for (Geometry.Block block : row.blocks()) {
                try (PointerScope _ = new PointerScope()) {
                    Tensor p = weights(piece(query, queries, block), seen(key, row, block), block); // [K, b·G, s]
                    torch.bmm_out(piece(mixed, queries, block), p, seen(value, row, block));
                    if (kept != null && row.length() <= FastOptions.KEPT_ROW) {
                        kept.add(Scopes.retain(p));
                    }
                }
            }
        }
        return mixed;
    }

    /**
     * The way back.
     *
     * @param kept what the forward pass put there
     * @param gradient of the result, {@code [K, n·G, h]}
     * @param queryGradient {@code [K, n·G, h]}, overwritten
     * @param keyGradient {@code [K, T, h]}, added to
     * @param valueGradient {@code [K, T, h]}, added to
     */
    static void backward(
            Tensor query,
            Tensor key,
            Tensor value,
            Geometry.Queries queries,
            @Nullable List<Tensor> kept,
            Tensor gradient,
            Tensor queryGradient,
            Tensor keyGradient,
            Tensor valueGradient) {
        int next = 0;
        for (Geometry.Row row : queries.rows()) {
            for (Geometry.Block block : row.blocks()) {
                try (PointerScope _ = new PointerScope()) {
                    Tensor q = piece(query, queries, block); // [K, b·G, h]
                    Tensor k = seen(key, row, block); // [K, s, h]
                    Tensor od = piece(gradient, queries, block); // [K, b·G, h]
                    Tensor p = kept != null && row.length() <= FastOptions.KEPT_ROW // [K, b·G, s]
                            ? kept.get(next++)
                            : weights(q, k, block);
                    addTransposed(valueGradient, row, block, p, od);
                    Tensor ds = torch.bmm(od, seen(value, row, block).transpose(1, 2)); // [K, b·G, s]
                    Softmax.backward(p, ds);
                    torch.bmm_out(piece(queryGradient, queries, block), ds, k);
                    addTransposed(keyGradient, row, block, ds, q);
                }
            }
        }
    }

    /** {@code P} {@code [K, b·G, s]} of queries {@code [K, b·G, h]} and keys {@code [K, s, h]}. */
    private static Tensor weights(Tensor q, Tensor k, Geometry.Block block) {
        Tensor scores = torch.bmm(q, k.transpose(1, 2)); // [K, b·G, s]
        long tail = block.mask().size(1);
        if (tail > 0) {
            scores.narrow(2, block.seen() - tail, tail).add_(block.mask());
        }
        Softmax.apply(scores);
        return scores;
    }

    /** {@code sum += leftᵀ·right} at the keys that a block sees of {@code sum} {@code [K, T, h]}. */
    private static void addTransposed(Tensor sum, Geometry.Row row, Geometry.Block block, Tensor left, Tensor right) {
        int prefix = row.keys().prefixLength();
        int own = block.seen() - prefix;
        if (prefix == 0) {
            seen(sum, row, block).baddbmm_(left.transpose(1, 2), right, new Scalar(1.0), new Scalar(1.0));
        } else {
            Tensor product = torch.bmm(left.transpose(1, 2), right); // [K, s, h]
            sum.narrow(1, row.keys().prefixStart(), prefix).add_(product.narrow(1, 0, prefix));
            sum.narrow(1, row.keys().start(), own).add_(product.narrow(1, prefix, own));
        }
    }

    /** A block's part of {@code [K, n·G, h]}. */
    private static Tensor piece(Tensor folded, Geometry.Queries queries, Geometry.Block block) {
        long group = queries.group();
        return folded.narrow(1, block.from() * group, block.size() * group);
    }

    /** What a block sees of {@code [K, T, h]}: {@code [K, s, h]}, a copy where part of it is shared. */
    private static Tensor seen(Tensor all, Geometry.Row row, Geometry.Block block) {
        PackedRows.Segment keys = row.keys();
        Tensor own = all.narrow(1, keys.start(), block.seen() - keys.prefixLength()); // [K, s - p, h]
        return keys.prefixLength() == 0
                ? own
                : Tensors.concatenate(1, all.narrow(1, keys.prefixStart(), keys.prefixLength()), own);
    }
}
