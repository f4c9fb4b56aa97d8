package ai.luthier.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Internal;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.gguf.GgmlType;
import ai.luthier.engine.gguf.GgufFile;
import ai.luthier.engine.gguf.GgufModel;
import ai.luthier.engine.gguf.GgufValue;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Contract 6 for every format: logits, greedy texts, ids and the template's bytes of what lies on disk are those in memory. */
@Tag("contract")
class ExporterTest {

    /** Two prompts for most formats; one export is asked everything. */
    private static final GateTexts FEW = new GateTexts(
            List.of("Tell me a story about a fox.", "为什么天空是蓝色的？"),
            GateTexts.load().texts());

    @TempDir
    private Path folder;

    private ParityReport export(ExportModel model, ExportFormat format, Quantization quantization) throws IOException {
        return Exporter.export(model, format, quantization, folder.resolve("out"), FEW, new Wanted(() -> true));
    }

    @ParameterizedTest
    @EnumSource
    void gguf_ofATunedModel_passesTheGate(Quantization quantization) throws IOException {
        Path out = folder.resolve("out");

        ParityReport report = export(TinyModel.tuned(folder), ExportFormat.GGUF, quantization);

        assertThat(report.failures()).isEmpty();
        assertThat(report.ids()).isEqualTo(100);
        assertThat(report.greedyTokensAsked()).isEqualTo(2 * 64);
        assertThat(report.greedy() + report.tiesBroken())
                .isEqualTo(quantization.lossless() ? 2 : report.greedy() + report.tiesBroken());
        assertThat(report.meanKl()).isLessThan(quantization.lossless() ? 1e-3 : 0.5);
        try (GgufFile file = GgufFile.open(out.resolve("ft-tiny-org-abc-" + quantization.option() + ".gguf"))) {
            assertThat(type(file, "token_embd.weight")).isEqualTo(embedding(quantization));
            assertThat(type(file, "blk.1.ffn_down.weight")).isEqualTo(narrow(quantization));
            assertThat(type(file, "output_norm.weight")).isEqualTo(GgmlType.F32);
            assertThat(file.metadata().get("tokenizer.ggml.tokens"))
                    .isInstanceOfSatisfying(
                            GgufValue.Texts.class,
                            tokens -> assertThat(tokens.values()).hasSize(4100).endsWith("[PAD4099]"));
        }
        JsonNode written = JsonMapper.shared().readTree(Files.readAllBytes(out.resolve("parity.json")));
        assertThat(written.path("passed").asBoolean()).isTrue();
        assertThat(written.path("mean_kl").isNumber()).isTrue();
    }

    private static GgmlType type(GgufFile file, String tensor) {
        return Objects.requireNonNull(file.tensors().get(tensor)).type();
    }

    private static GgmlType embedding(Quantization quantization) {
        return switch (quantization) {
            case F16 -> GgmlType.F16;
            case BF16 -> GgmlType.BF16;
            case Q8_0 -> GgmlType.Q8_0;
            case Q4_0, Q4_K_M -> GgmlType.Q6_K;
        };
    }

    private static GgmlType narrow(Quantization quantization) {
        return switch (quantization) {
            case F16 -> GgmlType.F16;
            case BF16 -> GgmlType.BF16;
            case Q8_0, Q4_K_M -> GgmlType.Q8_0;
            case Q4_0 -> GgmlType.Q4_0;
        };
    }

    @Test
    void safetensors_ofABase_areItsVeryNumbers_alsoInShards() throws IOException {
        ExportModel model = TinyModel.untuned(folder);

        ParityReport report = Exporter.export(model, ExportFormat.SAFETENSORS, Quantization.F16, folder.resolve("out"));

        assertThat(report.passed()).isTrue();
        assertThat(report.greedyTokens()).isEqualTo(16 * 64);
        assertThat(report.maxLogitDifference()).isZero();
        Path shards = Files.createDirectories(folder.resolve("shards"));
        SafetensorsExport.write(shards, model, 500_000);
        assertThat(shards.resolve("model.safetensors")).doesNotExist();
        assertThat(shards.resolve("model.safetensors.index.json")).exists();
        try (DecoderWeights expected = model.base().decoder(Dtype.FP32).weights();
                DecoderWeights actual =
                        ModelDirectory.open(shards).decoder(Dtype.FP32).weights()) {
            expected.byName()
                    .forEach((name, tensor) -> assertThat(
                                    tensor.equal(actual.byName().get(name)))
                            .as(name)
                            .isTrue());
        }
    }

    @Test
    void safetensors_ofATunedModel_areMergedInTheTypeOfTheBase() throws IOException {
        ParityReport report = export(TinyModel.tuned(folder), ExportFormat.SAFETENSORS, Quantization.F16);

        assertThat(report.failures()).isEmpty();
        assertThat(report.maxLogitDifference()).isPositive();
        assertThat(ModelDirectory.open(folder.resolve("out")).storedDtype()).isEqualTo(Dtype.BF16);
        assertThat(folder.resolve("out/chat_template.jinja"))
                .hasSameBinaryContentAs(folder.resolve("base/chat_template.jinja"));
    }

    /** Every product is another one then, and in a random model of large weights their roundings grow. */
    @Test
    void safetensors_ofATunedModelInFp32_differByNoMoreThanItsRoundings() throws IOException {
        ParityReport report =
                export(TinyModel.tuned(folder, Dtype.FP32, 0.2), ExportFormat.SAFETENSORS, Quantization.F16);

        assertThat(report.failures()).isEmpty();
        assertThat(report.maxLogitDifference()).isPositive().isLessThan(1e-3);
    }

    @Test
    void peft_isTheAdapterAsItWasPublished_andABaseHasNone() throws IOException {
        ExportModel tuned = TinyModel.tuned(folder);

        ParityReport report = export(tuned, ExportFormat.PEFT, Quantization.F16);

        assertThat(report.maxLogitDifference()).isZero();
        assertThat(folder.resolve("out/adapter_model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("adapter/adapter_model.safetensors"));
        ExportModel base = new ExportModel("tiny", tuned.base(), Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> Exporter.export(base, ExportFormat.PEFT, Quantization.F16, folder.resolve("none")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is a base");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void ollama_hasAModelfileThatSaysWhatTheTemplateSays() throws IOException {
        export(TinyModel.untuned(folder), ExportFormat.OLLAMA, Quantization.Q8_0);

        assertThat(Files.readString(folder.resolve("out/Modelfile")))
                .contains("FROM ./tiny-q8_0.gguf\n")
                .contains("{{- if eq .Role \"system\" }}{{ \"<|system|>\" }}{{ .Content }}{{ \"<|end|>\" }}")
                .contains("PARAMETER num_ctx 512")
                .contains("PARAMETER stop \"<|end|>\"");
    }

    @Test
    void anExportThatNobodyWaitsFor_endsAtTheNextPrompt_andLeavesNothing() throws IOException {
        ExportModel model = TinyModel.untuned(folder);
        for (int patience : new int[] {0, 1, 2, 10}) {
            AtomicInteger asked = new AtomicInteger();

            assertThatThrownBy(() -> Exporter.export(
                            model,
                            ExportFormat.SAFETENSORS,
                            Quantization.F16,
                            folder.resolve("out"),
                            () -> asked.getAndIncrement() < patience))
                    .isInstanceOf(CancellationException.class);

            assertThat(asked).as("it asks no more once it knows").hasValue(patience + 1);
            assertThat(folder.resolve("out")).doesNotExist();
            assertThat(folder.resolve(".out.tmp")).doesNotExist();
        }
    }

    @Test
    void anExportThatIsNotTheModel_leavesNothing() throws IOException {
        ModelDirectory base = TinyModel.base(folder);
        try (DecoderWeights weights = DecoderWeights.random(TinyModel.SPEC, Dtype.FP32, 1e30, 1)) {
            ModelDirectory.write(base.path(), weights, Map.of("eos_token_id", 5));
        }
        ExportModel overflows =
                new ExportModel("tiny", ModelDirectory.open(base.path()), Optional.empty(), Optional.empty());

        assertThatThrownBy(() -> export(overflows, ExportFormat.GGUF, Quantization.F16))
                .isInstanceOf(Internal.class)
                .hasMessageContaining("The export is not the model")
                .hasMessageContaining("Logits are not numbers");
        assertThat(folder.resolve("out")).doesNotExist();
        assertThat(folder.resolve(".out.tmp")).doesNotExist();
    }

    @Test
    void anImportedFile_isTheModelThatWasExported() throws IOException {
        ExportModel model = TinyModel.untuned(folder);
        export(model, ExportFormat.GGUF, Quantization.BF16);
        Path imported = folder.resolve("imported");

        try (GgufModel file = GgufModel.open(folder.resolve("out/tiny-bf16.gguf"))) {
            assertThat(file.quantised()).isFalse();
            file.unpack(imported);
        }

        ModelDirectory directory = ModelDirectory.open(imported);
        assertThat(directory.spec()).isEqualTo(model.base().spec());
        assertThat(directory.stopIds()).isEqualTo(model.base().stopIds());
        try (OpenModel expected = OpenModel.of(model);
                OpenModel actual = OpenModel.ofDirectory(imported)) {
            GateTexts texts =
                    new GateTexts(List.of("Tell me a story."), GateTexts.load().texts());
            Trace reference = Trace.of(expected, texts, new Wanted(() -> true));
            ParityReport report = ParityGate.compare(
                    reference, Trace.of(actual, texts, new Wanted(() -> true)), Rounding.NONE, "import", null);
            assertThat(report.failures()).isEmpty();
            assertThat(report.maxLogitDifference()).isZero();
        }
    }
}
