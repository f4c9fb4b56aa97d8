package ai.luthier.engine.model;

import org.bytedeco.pytorch.Tensor;

/** Where queries, keys and values come from: three projections, or one that holds all of them. */
sealed interface QueryKeyValue {

    /**
     * What attention works on, before norms and turns.
     *
     * @param query {@code [T, H, h]}
     * @param key {@code [T, K, h]}
     * @param value {@code [T, K, h]}
     */
    record Heads(Tensor query, Tensor key, Tensor value) {}

    /** Of {@code [T, d]}. */
    Heads apply(Tensor n, Adapter adapter);

    static QueryKeyValue of(DecoderWeights weights, int layer) {
        DecoderSpec spec = weights.spec();
        if (!spec.names().projections().contains(Projection.QUERY_KEY_VALUE)) {
            return new Separate(
                    Linear.of(weights, layer, Projection.QUERY),
                    Linear.of(weights, layer, Projection.KEY),
                    Linear.of(weights, layer, Projection.VALUE),
                    spec.headWidth());
        }
        Linear fused = Linear.of(weights, layer, Projection.QUERY_KEY_VALUE);
        return spec.names().headwise()
                ? new Headwise(fused, spec.heads(), spec.headWidth())
                : new Stacked(fused, spec.heads(), spec.keyValueHeads(), spec.headWidth());
    }

    /** Three projections. */
    record Separate(Linear query, Linear key, Linear value, int headWidth) implements QueryKeyValue {

        @Override
        public Heads apply(Tensor n, Adapter adapter) {
            return new Heads(
                    heads(query.apply(n, adapter)), heads(key.apply(n, adapter)), heads(value.apply(n, adapter)));
        }

        private Tensor heads(Tensor projected) {
            return projected.view(projected.size(0), projected.size(1) / headWidth, headWidth);
        }
    }

    /** One projection: all queries, all keys, all values. */
    record Stacked(Linear fused, int heads, int keyValueHeads, int headWidth) implements QueryKeyValue {

        @Override
        public Heads apply(Tensor n, Adapter adapter) {
            Tensor all = fused.apply(n, adapter)
                    .view(n.size(0), (long) heads + 2L * keyValueHeads, headWidth); // [T, H + 2K, h]
            return new Heads(
                    all.narrow(1, 0, heads),
                    all.narrow(1, heads, keyValueHeads),
                    all.narrow(1, (long) heads + keyValueHeads, keyValueHeads));
        }
    }

    /** One projection: query, key and value of the first head, then of the second, and so on. */
    record Headwise(Linear fused, int heads, int headWidth) implements QueryKeyValue {

        @Override
        public Heads apply(Tensor n, Adapter adapter) {
            Tensor all = fused.apply(n, adapter).view(n.size(0), heads, 3, headWidth); // [T, H, 3, h]
            return new Heads(all.select(2, 0), all.select(2, 1), all.select(2, 2));
        }
    }
}
