package ai.luthier.engine.model;

import ai.luthier.engine.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Causal attention, one row at a time, from two batched products and a softmax.
 *
 * <p>Query heads that share a key-value head are folded into the rows of one product: {@code [K, G·b, h] × [K, h, L]}. So
 * grouped-query attention repeats no key, and every product is as tall as it can be. On a CPU this is several times faster
 * than {@code scaled_dot_product_attention}, whose backward pass in bf16 falls back to scalar code.
 *
 * <p>Queries are taken {@value #BLOCK} at a time, each block against the keys up to its own end only, and from the start of
 * its first query's window where the layer has one. Of a long row's scores nearly half are thereby never computed, and memory
 * is bounded by {@value #BLOCK} times the row instead of its square.
 */
final class Attention {

    /** Queries in one block, {@code b}: small enough to skip most of what is masked, tall enough for fast products. */
    static final int BLOCK = 128;

    private Attention() {}

    /**
     * Attention of every row within itself (and what its cache holds).
     *
     * @param query {@code [T, H, h]}, turned, with the layer's scale in it
     * @param key {@code [T, K, h]}, turned
     * @param value {@code [T, K, h]}
     * @return {@code [T, H·h]}
     */
    static Tensor apply(Tensor query, Tensor key, Tensor value, Pass pass, int layer) {
        Rows rows = pass.rows();
        List<Tensor> mixed = new ArrayList<>();
        for (int row = 0; row < rows.count(); row++) {
            int start = rows.starts()[row];
            int length = rows.length(row);
            Tensor k = key.narrow(0, start, length).transpose(0, 1); // [K, t, h]
            Tensor v = value.narrow(0, start, length).transpose(0, 1); // [K, t, h]
            if (pass.cached()) {
                k = pass.cache(row).appendKeys(layer, k); // [K, L, h]
                v = pass.cache(row).appendValues(layer, v); // [K, L, h]
            }
            long before = k.size(1) - length;
            for (int from = 0; from < length; from += BLOCK) {
                int size = Math.min(BLOCK, length - from);
                long seen = before + from + size;
                long first = pass.window(layer) == 0 ? 0 : Math.max(0, seen - size - pass.window(layer) + 1);
                mixed.add(block(
                        query.narrow(0, (long) start + from, size),
                        k.narrow(1, first, seen - first),
                        v.narrow(1, first, seen - first),
                        size == 1 ? null : pass.mask(layer, size, first, seen),
                        pass.softCap()));
            }
        }
        return Tensors.concatenate(0, mixed.toArray(Tensor[]::new));
    }

    /**
     * Some tokens attend: queries {@code [b, H, h]}, keys and values {@code [K, L, h]}, mask {@code [G·b, L]} or none where
     * everything is seen.
     */
    private static Tensor block(Tensor query, Tensor k, Tensor v, @Nullable Tensor mask, double softCap) {
        long b = query.size(0);
        long heads = query.size(1);
        long h = query.size(2);
        long groups = k.size(0);
        long group = heads / groups;
        Tensor q = query.reshape(b, groups, group, h).permute(1, 2, 0, 3).reshape(groups, group * b, h); // [K, G·b, h]
        Tensor scores = scores(q, k.transpose(1, 2), mask, softCap); // [K, G·b, L]
        Tensor weights = torch.softmax(scores, 2); // [K, G·b, L]
        return torch.bmm(weights, v) // [K, G·b, h]
                .view(groups, group, b, h)
                .permute(2, 0, 1, 3)
                .reshape(b, heads * h);
    }

    private static Tensor scores(Tensor q, Tensor kT, @Nullable Tensor mask, double softCap) {
        if (softCap == 0 && mask != null) {
            return torch.baddbmm(mask.expand(q.size(0), q.size(1), kT.size(2)), q, kT);
        }
        Tensor scores = torch.bmm(q, kT); // [K, G·b, L]
        Tensor capped = softCap == 0 ? scores : SoftCap.apply(scores, softCap);
        return mask == null ? capped : capped.add(mask);
    }
}
