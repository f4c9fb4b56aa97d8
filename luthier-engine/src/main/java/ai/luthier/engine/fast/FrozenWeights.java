package ai.luthier.engine.fast;

import ai.luthier.engine.model.AttentionSpec.QueryKeyNorm;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.LayerSpec;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.model.RopeSpec;
import ai.luthier.engine.model.RotaryTable;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.tensor.Dtype;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** What the fast path needs to know of a decoder: the only place here that reads specs and names of weights. */
record FrozenWeights(DecoderWeights weights) {

    DecoderSpec spec() {
        return weights.spec();
    }

    Dtype dtype() {
        return weights.dtype();
    }

    int layers() {
        return spec().layers();
    }

    HeadLayout heads() {
        return new HeadLayout(spec().keyValueHeads(), spec().headWidth());
    }

    /** {@code G}. */
    int group() {
        return spec().group();
    }

    double normEpsilon() {
        return spec().norm().epsilon();
    }

    /** {@code [V, d]}. */
    Tensor embedding() {
        return get(WeightNames.embedding(spec()));
    }

    /** {@code [d]}. */
    Tensor finalNorm() {
        return get(WeightNames.finalNorm(spec()));
    }

    /** {@code [out, in]}. */
    Tensor weight(int layer, Projection projection) {
        return get(projection.path(spec(), layer) + ".weight");
    }

    /** {@code [out]}. */
    @Nullable
    Tensor bias(int layer, Projection projection) {
        return weights.byName().get(projection.path(spec(), layer) + ".bias");
    }

    /** Turns queries of a layer at these places of their rows, and scales them. */
    RotaryTable queryTurn(LayerSpec layer, int[] positions) {
        return turn(layer, positions, layer.queryScale());
    }

    /** Turns keys of a layer at these places of their rows. */
    RotaryTable keyTurn(LayerSpec layer, int[] positions) {
        return turn(layer, positions, 1);
    }

    /** Without a rope, turned by nothing: as at the first place of a row. */
    private RotaryTable turn(LayerSpec layer, int[] positions, double scale) {
        RopeSpec rope = layer.rope();
        return rope != null
                ? RotaryTable.at(positions, rope, scale, dtype())
                : RotaryTable.at(new int[positions.length], RopeSpec.plain(spec().headWidth(), 10_000), scale, dtype());
    }

    /** The name of a weight {@code [h]}; null where queries are not normed. */
    @Nullable
    String queryNorm(int layer) {
        return headNorm(layer, spec().names().queryNorm());
    }

    /** The name of a weight {@code [h]}; null where keys are not normed. */
    @Nullable
    String keyNorm(int layer) {
        return headNorm(layer, spec().names().keyNorm());
    }

    private @Nullable String headNorm(int layer, String name) {
        return spec().attention().queryKeyNorm() == QueryKeyNorm.NONE
                ? null
                : spec().names().inLayer(layer, name) + ".weight";
    }

    /** {@code model.layers.3.self_attn.q_proj} and so on. */
    String path(int layer, Projection projection) {
        return projection.path(spec(), layer);
    }

    Tensor get(String name) {
        Tensor weight = weights.byName().get(name);
        if (weight == null) {
            throw new IllegalArgumentException("no weight " + name);
        }
        return weight;
    }
}
