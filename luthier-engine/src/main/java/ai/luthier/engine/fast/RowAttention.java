package ai.luthier.engine.fast;

import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.Collections;
import java.util.Iterator;
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
 *   S = q·kᵀ       P = softmax(S + mask)       o = P·v                           P [K, b·G, s]
 *   dv += Pᵀ·do      dP = do·vᵀ      dS = P ⊙ (dP - Σ P ⊙ dP)      dq = dS·k      dk += dSᵀ·q
 * </pre>
 *
 * <p>With a soft cap {@code c}, {@code c·tanh(S/c)} takes the place of S, and its slope {@code 1 - tanh²(S/c)} multiplies dS.
 *
 * <p>Key-value heads come first in every layout: {@code [K, T, h]}, and {@code [K, n·G, h]} for queries, where the {@code G}
 * heads that share a key-value head lie behind each other for every token. So a block is a piece of each, no head is repeated,
 * and every product is as tall as it can be.
 *
 * <p>A block of {@code b} queries sees the {@code s} keys up to its own end, from the start of its first query's window where the
 * layer has one: nearly half of a long row's scores are never
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
     * @param softCap of the scores; 0 for none
     * @param kept takes the weights P of every block, and the slope where scores are capped; null where they are to be computed
     *     again
     * @return {@code [K, n·G, h]}
     */
    static Tensor forward(
            Tensor query,
            Tensor key,
            Tensor value,
            Geometry.Queries queries,
            double softCap,
            @Nullable List<Tensor> kept) {
        Tensor mixed = torch.empty_like(query); // [K, n·G, h]
        for (Geometry.Row row : queries.rows()) {
            for (Geometry.Block block : row.blocks()) {
                try (PointerScope _ = new PointerScope()) {
                    Weights weights = weights(piece(query, queries, block), seen(key, row, block), block, softCap);
                    torch.bmm_out(piece(mixed, queries, block), weights.p(), seen(value, row, block));
                    if (kept != null && row.length() <= FastOptions.KEPT_ROW) {
                        weights.keepIn(kept);
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
            double softCap,
            @Nullable List<Tensor> kept,
            Tensor gradient,
            Tensor queryGradient,
            Tensor keyGradient,
            Tensor valueGradient) {
        Iterator<Tensor> next = kept == null ? Collections.emptyIterator() : kept.iterator();
        for (Geometry.Row row : queries.rows()) {
            for (Geometry.Block block : row.blocks()) {
                try (PointerScope _ = new PointerScope()) {
                    Tensor q = piece(query, queries, block); // [K, b·G, h]
                    Tensor k = seen(key, row, block); // [K, s, h]
                    Tensor od = piece(gradient, queries, block); // [K, b·G, h]
                    Weights weights = kept != null && row.length() <= FastOptions.KEPT_ROW
                            ? Weights.keptIn(next, softCap)
                            : weights(q, k, block, softCap);
                    addTransposed(valueGradient, row, block, weights.p(), od);
                    Tensor ds = torch.bmm(od, seen(value, row, block).transpose(1, 2)); // [K, b·G, s]
                    Softmax.backward(weights.p(), ds);
                    if (weights.slope() != null) {
                        ds.mul_(weights.slope());
                    }
                    torch.bmm_out(piece(queryGradient, queries, block), ds, k);
                    addTransposed(keyGradient, row, block, ds, q);
                }
            }
        }
    }

    /**
     * How a block's queries look at its keys.
     *
     * @param p {@code [K, b·G, s]}
     * @param slope of the cap, {@code [K, b·G, s]}; null where scores are not capped
     */
    private record Weights(Tensor p, @Nullable Tensor slope) {

        void keepIn(List<Tensor> kept) {
            kept.add(Scopes.retain(p));
            if (slope != null) {
                kept.add(Scopes.retain(slope));
            }
        }

        static Weights keptIn(Iterator<Tensor> kept, double softCap) {
            return new Weights(kept.next(), softCap == 0 ? null : kept.next());
        }
    }

    /** Of queries {@code [K, b·G, h]} and keys {@code [K, s, h]}. */
    private static Weights weights(Tensor q, Tensor k, Geometry.Block block, double softCap) {
        Tensor scores = torch.bmm(q, k.transpose(1, 2)); // [K, b·G, s]
        Tensor slope = softCap == 0 ? null : cap(scores, softCap);
        long tail = block.mask().size(1);
        if (tail > 0) {
            scores.narrow(2, block.seen() - block.first() - tail, tail).add_(block.mask());
        }
        Softmax.apply(scores);
        return new Weights(scores, slope);
    }

    /** Caps in place and returns the slope, {@code 1 - tanh²(S/c)}. */
    private static Tensor cap(Tensor scores, double softCap) {
        scores.div_(new Scalar(softCap)).tanh_();
        Tensor slope = scores.square().neg_().add_(new Scalar(1)); // [K, b·G, s]
        scores.mul_(new Scalar(softCap));
        return slope;
    }

    /** {@code sum += leftᵀ·right} at the keys that a block sees of {@code sum} {@code [K, T, h]}. */
    private static void addTransposed(Tensor sum, Geometry.Row row, Geometry.Block block, Tensor left, Tensor right) {
        int first = block.first();
        int shared = sharedKeys(row, block);
        int own = block.seen() - first - shared;
        Tensor ownSum = sum.narrow(1, ownStart(row, block), own); // [K, s - shared, h]
        if (shared == 0) {
            ownSum.baddbmm_(left.transpose(1, 2), right, new Scalar(1.0), new Scalar(1.0));
        } else {
            Tensor product = torch.bmm(left.transpose(1, 2), right); // [K, s, h]
            sum.narrow(1, row.keys().prefixStart() + (long) first, shared).add_(product.narrow(1, 0, shared));
            ownSum.add_(product.narrow(1, shared, own));
        }
    }

    /** A block's part of {@code [K, n·G, h]}. */
    private static Tensor piece(Tensor folded, Geometry.Queries queries, Geometry.Block block) {
        long group = queries.group();
        return folded.narrow(1, block.from() * group, block.size() * group);
    }

    /** What a block sees of {@code [K, T, h]}: {@code [K, s, h]}, a copy where part of it is shared. */
    private static Tensor seen(Tensor all, Geometry.Row row, Geometry.Block block) {
        int shared = sharedKeys(row, block);
        Tensor own =
                all.narrow(1, ownStart(row, block), block.seen() - block.first() - (long) shared); // [K, s - shared, h]
        return shared == 0
                ? own
                : Tensors.concatenate(1, all.narrow(1, row.keys().prefixStart() + (long) block.first(), shared), own);
    }

    /** How many of the keys that a block sees belong to the shared beginning. */
    private static int sharedKeys(Geometry.Row row, Geometry.Block block) {
        return Math.max(0, row.keys().prefixLength() - block.first());
    }

    /** Where the first key lies that a block sees of its row's own. */
    private static long ownStart(Geometry.Row row, Geometry.Block block) {
        return row.keys().start()
                + (long) Math.max(0, block.first() - row.keys().prefixLength());
    }
}
