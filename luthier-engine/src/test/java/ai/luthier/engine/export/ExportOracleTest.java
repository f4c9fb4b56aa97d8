package ai.luthier.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.luthier.engine.SharedInputs;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.nano.NanoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The programs that exports are made for, asked themselves: {@code mvn -Poracles verify}, once {@code tools/oracles/prepare.sh} has
 * made their environment ({@code .venv-oracles}, or the folder that {@code ORACLES_HOME} names). The lines that are printed are the
 * figures of {@code docs/exports.md}.
 */
@Tag("oracles")
class ExportOracleTest {

    private static final Path ROOT = Path.of(System.getProperty("luthier.root", ".."));

    @TempDir
    private Path folder;

    @Test
    void llamaCpp_answersAsNano() throws Exception {
        assertLlamaCpp("nano", NanoModel.unpack(folder.resolve("nano")), List.of(Quantization.values()));
    }

    @Test
    void llamaCpp_answersAsMinimind() throws Exception {
        assertLlamaCpp("minimind2-small", SharedInputs.model("minimind2-small"), List.of(Quantization.values()));
    }

    @Test
    void llamaCpp_readsSentencePieceVocabularies() throws Exception {
        assertLlamaCpp("stories15M", SharedInputs.model("stories15M"), List.of(Quantization.F16));
    }

    /** Biases of q, k and v; norms of heads and a width of heads that is not d divided by their number; grouped keys. */
    @ParameterizedTest
    @ValueSource(strings = {"qwen2", "qwen3", "mistral"})
    void llamaCpp_answersAsOtherFamilies(String family) throws Exception {
        Path model = folder.resolve("model");
        run("random_family.py", Path.of(family), NanoModel.unpack(folder.resolve("nano")), model);
        assertLlamaCpp(family, model, List.of(Quantization.F16, Quantization.Q8_0, Quantization.Q4_K_M));
    }

    @Test
    void llamaCpp_answersAsATunedModel() throws Exception {
        ExportModel tuned = tuned(NanoModel.unpack(folder.resolve("nano")));
        Exporter.export(tuned, ExportFormat.SAFETENSORS, Quantization.F16, folder.resolve("merged"));
        Exporter.export(tuned, ExportFormat.GGUF, Quantization.BF16, folder.resolve("gguf"));

        JsonNode found = oracle("gguf_parity.py", folder.resolve("merged"), gguf(folder.resolve("gguf")))
                .getFirst();

        assertThat(found.path("ids").asInt()).isEqualTo(100);
        assertThat(found.path("kl_mean").asDouble()).isLessThan(1e-3);
    }

    @Test
    void peftAndTransformers_haveTheSameLogits() throws Exception {
        Path nano = NanoModel.unpack(folder.resolve("nano"));
        ExportModel tuned = tuned(nano);
        Exporter.export(tuned, ExportFormat.PEFT, Quantization.F16, folder.resolve("peft"));
        ParityReport gate =
                Exporter.export(tuned, ExportFormat.SAFETENSORS, Quantization.F16, folder.resolve("merged"));

        JsonNode found = oracle("exports_parity.py", nano, folder.resolve("peft"), folder.resolve("merged"))
                .getFirst();

        assertThat(found.path("adapter_changes").asDouble()).isGreaterThan(1);
        // The same largest difference as the gate found, by another implementation.
        assertThat(found.path("difference").asDouble()).isCloseTo(gate.maxLogitDifference(), Offset.offset(1e-2));
        assertThat(found.path("ids").asInt()).isEqualTo(100);
        assertThat(found.path("template").asBoolean()).isTrue();
        try (OpenModel inMemory = OpenModel.of(tuned)) {
            float[] ours = Trace.of(inMemory, GateTexts.load(), new Wanted(() -> true))
                    .logits()
                    .getFirst()
                    .getLast();
            for (int token = 0; token < ours.length; token++) {
                assertThat((double) ours[token])
                        .isCloseTo(found.path("last_logits").path(token).asDouble(), Offset.offset(1e-3));
            }
        }
    }

    /** Every quantisation in llama.cpp: f16 has the same greedy tokens but for ties, all have the same ids and template. */
    private void assertLlamaCpp(String name, Path directory, List<Quantization> quantizations) throws Exception {
        ExportModel model = new ExportModel(name, ModelDirectory.open(directory), Optional.empty(), Optional.empty());
        List<Path> files = new ArrayList<>();
        for (Quantization quantization : quantizations) {
            Path file = folder.resolve(name + "-" + quantization.option() + ".gguf");
            GgufExport.write(file, model, quantization);
            files.add(file);
        }
        List<Path> arguments = new ArrayList<>(List.of(directory));
        arguments.addAll(files);
        for (JsonNode found : oracle("gguf_parity.py", arguments.toArray(Path[]::new))) {
            assertThat(found.path("ids").asInt()).as(found.toString()).isEqualTo(100);
            assertThat(found.path("template").asBoolean()).as(found.toString()).isTrue();
            if (found.path("file").asString().endsWith("-f16.gguf")) {
                // llama.cpp rounds activations to fp16 on its way; where two logits are nearer than that, either is
                // right.
                assertThat(found.path("margins").valueStream().mapToDouble(JsonNode::asDouble))
                        .as(found.toString())
                        .allMatch(margin -> margin < 0.01);
                assertThat(found.path("kl_mean").asDouble()).isLessThan(1e-4);
            }
        }
    }

    private ExportModel tuned(Path nano) throws IOException {
        ModelDirectory base = ModelDirectory.open(nano);
        Path adapter = folder.resolve("adapter");
        try (LoraAdapter lora = LoraAdapter.fresh(base.spec(), LoraSpec.everyProjection(8, 16), 1);
                PointerScope _ = new PointerScope()) {
            Scopes.withoutGradients(
                    () -> lora.values().normal_(0, 0.05, new GeneratorOptional(torch.createCPUGenerator(7))));
            PeftDirectory.write(adapter, lora, new PeftDirectory.Base("nano", base.weightsHash(), nano));
        }
        return new ExportModel("tuned", base, Optional.of(adapter), PeftDirectory.template(adapter));
    }

    private static Path gguf(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".gguf"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The lines of JSON that a script of {@code tools/oracles} prints. */
    private List<JsonNode> oracle(String script, Path... arguments) throws Exception {
        List<JsonNode> found = run(script, arguments);
        assertThat(found).isNotEmpty();
        return found;
    }

    private List<JsonNode> run(String script, Path... arguments) throws Exception {
        String place = Optional.ofNullable(System.getenv("ORACLES_HOME")).orElse(".venv-oracles");
        Path python = ROOT.resolve(place).resolve("bin/python");
        assumeThat(python)
                .as("skipped: no oracles in " + python + "; tools/oracles/prepare.sh makes them")
                .exists();
        List<String> command = new ArrayList<>(List.of(
                python.toString(), ROOT.resolve("tools/oracles").resolve(script).toString()));
        for (Path argument : arguments) {
            command.add(argument.toString());
        }
        Path log = folder.resolve("oracle.log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().putAll(Map.of("HF_HUB_OFFLINE", "1", "OMP_NUM_THREADS", "1"));
        Process process = builder.start();
        List<String> lines;
        try (var reader = process.inputReader()) {
            lines = reader.lines().toList();
        }
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        List<JsonNode> found = lines.stream()
                .filter(line -> line.startsWith("{"))
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
        lines.stream()
                .map(line -> line.length() > 400 ? line.substring(0, 400) : line)
                .forEach(System.out::println);
        return found;
    }
}
