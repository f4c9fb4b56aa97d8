package ai.luthier.engine.fast;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.TrainedWeights;
import ai.luthier.engine.adapter.Trainee;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.Projection;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** What is trained, as layers and kernels ask for it: low-rank factors, or gradients of whole weights. */
record Learnt(Trainee trainee, DecoderSpec spec) {

    /** The factors beside a projection; empty where it has none. */
    Optional<LoraAdapter.Factors> factors(int layer, Projection projection) {
        return switch (trainee) {
            case LoraAdapter adapter -> adapter.factors(layer, projection);
            case TrainedWeights _ -> Optional.empty();
        };
    }

    /** What the product of the factors is multiplied by. */
    double scale() {
        return switch (trainee) {
            case LoraAdapter adapter -> adapter.spec().scale();
            case TrainedWeights _ -> 1;
        };
    }

    /** Where the gradient of a weight is added to, fp32 in its shape; null where the weight is frozen. */
    @Nullable
    Tensor gradient(String name) {
        return switch (trainee) {
            case LoraAdapter _ -> null;
            case TrainedWeights weights ->
                weights.slot(name).map(TrainedWeights.Slot::gradient).orElse(null);
        };
    }

    /** Whether whole weights of this layer are trained. */
    boolean weightsOf(int layer) {
        return switch (trainee) {
            case LoraAdapter _ -> false;
            case TrainedWeights weights -> layer >= weights.lowestLayer();
        };
    }

    /** The lowest layer to which a gradient has to reach. */
    int lowestLayer() {
        return switch (trainee) {
            case LoraAdapter _ -> lowestWithFactors();
            case TrainedWeights weights -> weights.lowestLayer();
        };
    }

    private int lowestWithFactors() {
        for (int layer = 0; layer < spec.layers(); layer++) {
            for (Projection projection : Projection.of(spec)) {
                if (factors(layer, projection).isPresent()) {
                    return layer;
                }
            }
        }
        throw new IllegalArgumentException("the adapter changes nothing");
    }
}
