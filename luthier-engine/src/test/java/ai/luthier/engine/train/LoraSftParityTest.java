package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.SharedInputs;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.checkpoint.SafetensorsFile;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.engine.train.options.TrainingMethod;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Twenty steps of LoRA fine-tuning follow {@code transformers} and {@code peft}: fp32, ragged rows, two accumulated batches,
 * clipping, warm-up and decay. The fixture is made by {@code tools/oracles/lora_sft.py}, which documents the set-up.
 */
@Tag("golden")
class LoraSftParityTest {

    private static final int STEPS = 20;
    private static final int EXAMPLES_PER_STEP = 4;

    @TempDir
    Path folder;

    /**
     * In two passes a step as peft's run accumulates, in one, and with activations computed again; on both paths. The last has rows so long for
     * their budget that the fast path computes their activations again by itself.
     */
    @ParameterizedTest
    @CsvSource({
        "plain, 70, false, REFERENCE",
        "plain, 2048, false, REFERENCE",
        "plain, 2048, true, REFERENCE",
        "plain, 70, false, FAST",
        "plain, 2048, false, FAST",
        "plain, 2048, true, FAST",
        "plain, 20, false, FAST",
        "rslora, 2048, false, REFERENCE",
        "rslora, 2048, false, FAST",
        "plus, 2048, false, REFERENCE",
        "plus, 2048, false, FAST"
    })
    void twentySteps_followTransformersAndPeft(String variant, int maxTokens, boolean recompute, TrainingPath path)
            throws IOException {
        Path base = SharedInputs.model("stories15M");
        JsonNode reference = reference(variant);
        List<String> targets = LoraSpec.everyProjection(2, 4).targets();
        LoraSpec lora = new LoraSpec(2, 4, targets, variant.equals("rslora"));
        List<TokenizedExample> rows = rows(STEPS * EXAMPLES_PER_STEP);
        try (Decoder decoder = ModelDirectory.open(base).decoder(Dtype.FP32);
                LoraAdapter adapter = LoraAdapter.zero(decoder.spec(), lora);
                PointerScope _ = new PointerScope();
                AdamW optimizer =
                        new AdamW(adapter.parameters(), 0.01, variant.equals("plus") ? adapter.rates(8) : null);
                GradientStep step = PathChoice.of(path, Optional.empty(), TrainingMethod.LORA, decoder)
                        .step(decoder, adapter, maxTokens, recompute, null)) {
            FormulaFactors.fill(adapter, decoder.spec());
            LearningRate schedule = new LearningRate(variant.equals("plus") ? 2e-3 / 8 : 2e-3, 4, STEPS);
            for (int i = 0; i < STEPS; i++) {
                LossSum loss = step.differentiate(rows.subList(i * EXAMPLES_PER_STEP, (i + 1) * EXAMPLES_PER_STEP));
                double norm = GradientNorm.clip(adapter.gradients(), 0.5);
                optimizer.update(adapter.values(), adapter.gradients(), schedule.at(i));
                double expectedNorm = reference.path("norms").get(i).doubleValue();
                assertThat(loss.loss())
                        .as("loss of step %d", i)
                        .isCloseTo(reference.path("losses").get(i).doubleValue(), within(1e-4));
                assertThat(norm).as("norm of step %d", i).isCloseTo(expectedNorm, within(1e-3 * expectedNorm));
                assertThat(schedule.at(i))
                        .isCloseTo(reference.path("rates").get(i).doubleValue(), within(1e-12));
            }
            assertFactors(adapter, base, reference.path("final"));
        }
    }

    /** Written as a PEFT directory and read under peft's own names. */
    private void assertFactors(LoraAdapter adapter, Path base, JsonNode expected) throws IOException {
        Path written = folder.resolve("adapter");
        PeftDirectory.write(written, adapter, new PeftDirectory.Base("stories15M", "0".repeat(64), base));
        try (SafetensorsFile file = SafetensorsFile.open(written.resolve("adapter_model.safetensors"));
                PointerScope _ = new PointerScope()) {
            assertThat(file.names()).hasSize(expected.size());
            for (String name : file.names()) {
                float[] values = Tensors.toFloats(file.tensor(name));
                double norm = expected.path(name).path("norm").doubleValue();
                assertThat(norm(values)).as(name).isCloseTo(norm, within(1e-3 * norm));
                double rootMeanSquare = norm / Math.sqrt(values.length);
                int stride = expected.path(name).path("stride").intValue();
                JsonNode samples = expected.path(name).path("values");
                for (int i = 0; i < samples.size(); i++) {
                    assertThat((double) values[i * stride])
                            .as("%s[%d]", name, i * stride)
                            .isCloseTo(samples.get(i).doubleValue(), within(1e-3 * rootMeanSquare));
                }
            }
        }
    }

    /** The rows of the script, by the same generator. */
    private static List<TokenizedExample> rows(int count) {
        long[] state = {12345};
        IntUnaryOperator below = bound -> {
            state[0] = (state[0] * 1103515245 + 12345) % (1L << 31);
            return (int) (state[0] / 65536 % bound);
        };
        List<TokenizedExample> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            int length = 8 + below.applyAsInt(41);
            int first = 1 + below.applyAsInt(length - 4);
            int[] ids = new int[length];
            boolean[] supervised = new boolean[length];
            ids[0] = 1;
            for (int t = 1; t < length; t++) {
                ids[t] = 3 + below.applyAsInt(500);
            }
            for (int t = 0; t < length; t++) {
                supervised[t] = (first <= t && t < length - 2) || t == length - 1;
            }
            rows.add(new TokenizedExample(ids, supervised));
        }
        return rows;
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    private static JsonNode reference(String variant) throws IOException {
        try (InputStream in = LoraSftParityTest.class.getResourceAsStream("lora_sft_" + variant + ".json")) {
            return JsonMapper.shared().readTree(Objects.requireNonNull(in));
        }
    }
}
