package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.FamilyFixture;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.adapter.TrainedWeights;
import ai.luthier.engine.checkpoint.SafetensorsFile;
import ai.luthier.engine.fast.Coverage;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.TrainingPass;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family's loss and gradients are those of transformers, of all weights and of peft's LoRA factors. */
@Tag("golden")
class FamilyGradientsTest {

    private static final double TOLERANCE = 1e-3;

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("ai.luthier.engine.FamilyFixture#all")
    void everyWeight_hasTheGradientOfTransformers(FamilyFixture family) throws IOException {
        Map<String, Double> kept = gradients(family, false);
        Map<String, Double> expected = FamilyFixture.norms(family.expected().path("gradients"));
        assertThat(kept.keySet()).isEqualTo(expected.keySet());
        family.note("gradients", assertClose(kept, expected));
        assertClose(gradients(family, true), expected);
    }

    /** The same through what a run trains: every weight, and the last layer with the final norm; on both paths where they cover the family. */
    @ParameterizedTest
    @MethodSource("ai.luthier.engine.FamilyFixture#all")
    void trainedWeights_haveTheGradientsOfTransformers(FamilyFixture family) throws IOException {
        Map<String, Double> expected = FamilyFixture.norms(family.expected().path("gradients"));
        DecoderSpec spec = family.model().spec();
        assertClose(trained(family, expected.keySet(), TrainingPath.REFERENCE), expected);
        Set<String> last = TrainedWeights.lastLayers(spec, 1);
        Map<String, Double> some = new LinkedHashMap<>(expected);
        some.keySet().retainAll(last);
        assertThat(some.keySet()).isEqualTo(last);
        assertClose(trained(family, last, TrainingPath.REFERENCE), some);
        if (Coverage.obstacle(spec, Dtype.FP32).isEmpty()) {
            assertClose(trained(family, last, TrainingPath.FAST), some);
        }
    }

    private static Map<String, Double> trained(FamilyFixture family, Set<String> names, TrainingPath path)
            throws IOException {
        try (Decoder frozen = family.model().decoder(Dtype.FP32);
                TrainedWeights weights = TrainedWeights.of(frozen.weights(), names);
                Decoder decoder = new Decoder(weights.over(frozen.weights(), () -> {}));
                GradientStep step = path == TrainingPath.FAST
                        ? new FastStep(decoder, weights, 70, false, FastOptions.DEFAULTS)
                        : new SupervisedStep(decoder, weights, 70, false);
                PointerScope _ = new PointerScope()) {
            LossSum loss = step.differentiate(family.rows());
            assertThat(loss.loss()).isCloseTo(family.expected().path("loss").doubleValue(), within(1e-4));
            Map<String, Double> norms = new LinkedHashMap<>();
            names.forEach(name ->
                    norms.put(name, norm(weights.slot(name).orElseThrow().gradient())));
            return norms;
        }
    }

    private static Map<String, Double> gradients(FamilyFixture family, boolean recompute) {
        try (Decoder frozen = family.model().decoder(Dtype.FP32);
                DecoderWeights weights = frozen.weights().trainable(Dtype.FP32);
                PointerScope _ = new PointerScope()) {
            Decoder decoder = new Decoder(weights);
            Batch batch = Batch.of(family.rows(), decoder.spec().dependsOnLength());
            TrainingPass pass = decoder.trainingPass(batch.rows(), Adapter.NONE, recompute);
            Tensor gradient = Tensors.zeros(Dtype.FP32, Tensors.shape(pass.hidden()));
            LossSum loss = SupervisedLoss.differentiate(decoder, pass.hidden(), batch, batch.supervised(), gradient);
            pass.backward(gradient);
            assertThat(loss.loss()).isCloseTo(family.expected().path("loss").doubleValue(), within(1e-4));
            Map<String, Double> norms = new LinkedHashMap<>();
            weights.byName().forEach((name, weight) -> norms.put(name, norm(weight.grad())));
            return norms;
        }
    }

    @ParameterizedTest
    @MethodSource("ai.luthier.engine.FamilyFixture#all")
    void everyFactor_hasTheNameAndTheGradientOfPeft(FamilyFixture family) throws IOException {
        var lora = family.expected().path("lora");
        try (Decoder decoder = family.model().decoder(Dtype.FP32);
                LoraAdapter adapter =
                        LoraAdapter.zero(decoder.spec(), LoraSpec.everyProjection(decoder.spec(), 2, 4))) {
            lora.path("targets")
                    .forEach(target -> assertThat(adapter.spec().targets()).contains(target.asString("")));
            FormulaFactors.fill(adapter, decoder.spec());
            SupervisedStep step = new SupervisedStep(decoder, adapter, 70, false);
            LossSum loss = step.differentiate(family.rows());
            assertFastPathIsTheSame(family, decoder, adapter);
            assertThat(loss.loss()).isCloseTo(lora.path("loss").doubleValue(), within(1e-4));
            Scopes.withoutGradients(() -> adapter.values().copy_(adapter.gradients())); // written under peft's names
            Path written = folder.resolve("adapter");
            PeftDirectory.write(written, adapter, new PeftDirectory.Base(family.name(), "0".repeat(64), folder));
            try (SafetensorsFile file = SafetensorsFile.open(written.resolve("adapter_model.safetensors"));
                    PointerScope _ = new PointerScope()) {
                Map<String, Double> norms = new LinkedHashMap<>();
                file.names().forEach(name -> norms.put(name, norm(file.tensor(name))));
                Map<String, Double> expected = FamilyFixture.norms(lora.path("gradients"));
                assertThat(norms.keySet()).isEqualTo(expected.keySet());
                family.note("lora", assertClose(norms, expected));
            }
            PeftDirectory.read(written, decoder.spec()).close();
        }
    }

    /** Where the hand-written backward pass says that it covers a family, its gradients are the reference's. */
    private static void assertFastPathIsTheSame(FamilyFixture family, Decoder decoder, LoraAdapter adapter) {
        if (Coverage.obstacle(decoder.spec(), decoder.dtype()).isPresent()) {
            return;
        }
        float[] reference = Tensors.toFloats(adapter.gradients());
        try (FastStep fast = new FastStep(decoder, adapter, 70, false, FastOptions.DEFAULTS)) {
            fast.differentiate(family.rows());
        }
        assertThat(Tensors.toFloats(adapter.gradients())).containsExactly(reference, within(1e-5f));
    }

    /** The largest relative difference. A gradient of nothing (a bias of keys changes no attention) is noise. */
    private static double assertClose(Map<String, Double> norms, Map<String, Double> expected) {
        double worst = 0;
        for (Map.Entry<String, Double> entry : expected.entrySet()) {
            double norm = norms.getOrDefault(entry.getKey(), Double.NaN);
            double reference = entry.getValue();
            if (reference < 1e-6) {
                assertThat(norm).as(entry.getKey()).isLessThan(1e-5);
                continue;
            }
            double difference = Math.abs(norm - reference) / reference;
            assertThat(difference).as(entry.getKey()).isLessThan(TOLERANCE);
            worst = Math.max(worst, difference);
        }
        return worst;
    }

    private static double norm(Tensor tensor) {
        double sum = 0;
        for (float value : Tensors.toFloats(tensor)) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
