package ai.luthier.engine.train.memory;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.TrainedWeights;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.options.TrainingMethod;
import ai.luthier.engine.train.options.Tuning;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is reckoned with, against what runs really hold. */
class TrainedTest {

    private static final DecoderSpec SPEC = DecoderSpec.llama(60, 32, 80, 5, 4, 2, 64);

    @Test
    void factorsAreThoseOfAnAdapter() {
        Trained all = Trained.of(SPEC, Tuning.LORA, 8);
        try (LoraAdapter adapter = LoraAdapter.zero(SPEC, LoraSpec.everyProjection(SPEC, 8, 16))) {
            assertThat(all.numbers()).isEqualTo(adapter.parameters());
        }
        assertThat(all.ranks()).isEqualTo(7 * 8);
        List<String> targets = List.of("q_proj", "down_proj");
        Trained some = Trained.of(SPEC, new Tuning(TrainingMethod.RSLORA, targets, 1, 0, 0), 4);
        try (LoraAdapter adapter = LoraAdapter.zero(SPEC, new LoraSpec(4, 8, targets))) {
            assertThat(some.numbers()).isEqualTo(adapter.parameters());
        }
        assertThat(some.ranks()).isEqualTo(2 * 4);
        assertThat(some.weights()).isFalse();
    }

    @Test
    void weightsAreThoseThatAreTrained() {
        assertWeights(
                Trained.of(SPEC, Tuning.full(), 16), WeightNames.shapes(SPEC).keySet(), 0);
        assertWeights(Trained.of(SPEC, Tuning.lastLayers(3), 16), TrainedWeights.lastLayers(SPEC, 3), 2);
        assertWeights(Trained.of(SPEC, Tuning.lastLayers(0), 16), TrainedWeights.lastLayers(SPEC, 2), 3);
        assertThat(Trained.of(SPEC, Tuning.full(), 16).numbers()).isEqualTo(SPEC.parameters());
    }

    private static void assertWeights(Trained trained, Set<String> names, int lowest) {
        try (DecoderWeights weights = DecoderWeights.random(SPEC, Dtype.BF16, 0.02, 1);
                TrainedWeights real = TrainedWeights.of(weights, names)) {
            assertThat(trained.numbers()).isEqualTo(real.parameters());
            assertThat(trained.lowestLayer()).isEqualTo(real.lowestLayer()).isEqualTo(lowest);
            assertThat(trained.weights()).isTrue();
        }
    }
}
