package ai.luthier.engine.fast;

import static java.util.Objects.requireNonNull;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.model.RopeSpec;
import ai.luthier.engine.model.RotaryTable;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.tensor.Dtype;
import java.util.Optional;
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
    Tensor attentionNorm(int layer) {
        return get(WeightNames.attentionNorm(spec(), layer));
    }

    /** {@code [d]}. */
    Tensor feedForwardNorm(int layer) {
        return get(WeightNames.feedForwardNorm(spec(), layer));
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

    /** Turns queries at these places of their rows, and scales them. */
    RotaryTable queryTurn(int[] positions) {
        return RotaryTable.at(positions, rope(), spec().layer(0).queryScale(), dtype());
    }

    /** Turns keys at these places of their rows. */
    RotaryTable keyTurn(int[] positions) {
        return RotaryTable.at(positions, rope(), 1, dtype());
    }

    /** That of every layer. */
    private RopeSpec rope() {
        return requireNonNull(spec().layer(0).rope());
    }

    /** The lowest layer that the adapter changes; empty where it changes none. */
    Optional<Integer> lowestTrained(LoraAdapter adapter) {
        for (int layer = 0; layer < layers(); layer++) {
            for (Projection projection : Projection.of(spec())) {
                if (adapter.factors(layer, projection).isPresent()) {
                    return Optional.of(layer);
                }
            }
        }
        return Optional.empty();
    }

    private Tensor get(String name) {
        Tensor weight = weights.byName().get(name);
        if (weight == null) {
            throw new IllegalArgumentException("no weight " + name);
        }
        return weight;
    }
}
