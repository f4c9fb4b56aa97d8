package ai.luthier.engine.fast;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.Projection;
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

    /** {@code h}. */
    long headWidth() {
        return spec().headWidth();
    }

    double normEpsilon() {
        return spec().normEpsilon();
    }

    /** {@code [V, d]}. */
    Tensor embedding() {
        return get(WeightNames.EMBEDDING);
    }

    /** {@code [d]}. */
    Tensor attentionNorm(int layer) {
        return get(WeightNames.attentionNorm(layer));
    }

    /** {@code [d]}. */
    Tensor feedForwardNorm(int layer) {
        return get(WeightNames.feedForwardNorm(layer));
    }

    /** {@code [d]}. */
    Tensor finalNorm() {
        return get(WeightNames.FINAL_NORM);
    }

    /** {@code [out, in]}. */
    Tensor weight(int layer, Projection projection) {
        return get(projection.path(layer) + ".weight");
    }

    /** {@code [out]}. */
    @Nullable
    Tensor bias(int layer, Projection projection) {
        return weights.byName().get(projection.path(layer) + ".bias");
    }

    /** Turns queries at these places of their rows, and scales them. */
    RotaryTable queryTurn(int[] positions) {
        return RotaryTable.at(positions, spec(), 1 / Math.sqrt(spec().headWidth()), dtype());
    }

    /** Turns keys at these places of their rows. */
    RotaryTable keyTurn(int[] positions) {
        return RotaryTable.at(positions, spec(), 1, dtype());
    }

    /** The lowest layer that the adapter changes; empty where it changes none. */
    Optional<Integer> lowestTrained(LoraAdapter adapter) {
        for (int layer = 0; layer < layers(); layer++) {
            for (Projection projection : Projection.values()) {
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
