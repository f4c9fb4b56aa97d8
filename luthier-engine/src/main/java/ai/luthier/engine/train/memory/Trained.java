package ai.luthier.engine.train.memory;

import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.TrainedWeights;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.train.options.Tuning;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which numbers of a model a run trains, as far as memory is concerned.
 *
 * @param numbers how many, {@code P}
 * @param lowestLayer the lowest layer that a gradient reaches
 * @param ranks of the factors of all projections of a layer together; 0 where weights are trained
 * @param rates whether every number has a rate of its own
 * @param head whether the weights of embedding and head are among them
 */
public record Trained(long numbers, int lowestLayer, long ranks, boolean rates, boolean head) {

    /** Those of a model by a method; {@code rank} is that of low-rank factors. */
    public static Trained of(DecoderSpec spec, Tuning tuning, int rank) {
        return switch (tuning.method()) {
            case LORA, RSLORA -> factors(spec, tuning, rank);
            case LAST_LAYERS -> {
                int layers = Math.min(spec.layers(), tuning.layersOf(spec));
                yield weights(spec, TrainedWeights.lastLayers(spec, layers), spec.layers() - layers, false);
            }
            case FULL -> weights(spec, WeightNames.shapes(spec).keySet(), 0, true);
        };
    }

    private static Trained factors(DecoderSpec spec, Tuning tuning, int rank) {
        List<Projection> changed = tuning.targetModules().isEmpty()
                ? Projection.of(spec)
                : new LoraSpec(rank, 1, tuning.targetModules()).changed(spec);
        long numbers = 0;
        for (Projection projection : changed) {
            numbers += (long) rank * (projection.inputs(spec) + projection.outputs(spec));
        }
        return new Trained(
                numbers * spec.layers(), 0, (long) rank * changed.size(), tuning.loraPlusRatio() != 1, false);
    }

    private static Trained weights(DecoderSpec spec, Set<String> names, int lowest, boolean head) {
        long numbers = 0;
        for (Map.Entry<String, long[]> weight : WeightNames.shapes(spec).entrySet()) {
            if (names.contains(weight.getKey())) {
                long size = 1;
                for (long edge : weight.getValue()) {
                    size *= edge;
                }
                numbers += size;
            }
        }
        return new Trained(numbers, lowest, 0, false, head);
    }

    /** Whether whole weights are trained instead of factors beside them. */
    public boolean weights() {
        return ranks == 0;
    }
}
