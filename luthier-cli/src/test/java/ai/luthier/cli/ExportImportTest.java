package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Models that others made come in, are asked, and go out again, through a server that runs. */
@Timeout(300)
class ExportImportTest {

    private static final String OWNER = "sk-of-the-owner-0123456789";

    @TempDir
    private Path folder;

    private Path data;
    private Path base;
    private RunningServer server;
    private ApiClient api;

    @BeforeEach
    void start() throws IOException {
        server = RunningServer.start(folder, OWNER);
        data = server.data();
        api = server.api();
        base = TinyBase.write(folder.resolve("tiny"), 200);
        assertThat(run("models", "add", base, "--id", "tiny").exit()).isZero();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anAdapter_comesInByHash_isAsked_andLeavesAsAGgufFileThatComesInAgain() throws Exception {
        Cli added =
                run("models", "add", adapter("tiny", ModelDirectory.open(base).weightsHash()), "--id", "pirate");
        assertThat(added.exit()).as(added.err()).isZero();
        assertThat(added.out()).startsWith("Added ft:tiny:personal:pirate:").doesNotContain("nothing proves");
        String model = added.out().strip().replaceFirst("^Added (.*)\\.$", "$1");
        asked(model);

        Cli exported =
                run("export", model, "--format", "gguf", "--quantization", "q8_0", "--out", folder.resolve("gguf"));
        assertThat(exported.exit()).as(exported.err()).isZero();
        assertThat(exported.out()).contains("100 of 100 texts");
        Path file = only(folder.resolve("gguf"), ".gguf");
        assertThat(run("models", "add", file, "--id", "back").out()).startsWith("Added back.");
        asked("back");

        assertThatThrownBy(() ->
                        api.post("/fine_tuning/jobs", Map.of("model", "back", "training_file", "file-of-no-matter")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("comes from a GGUF file with quantised weights");
        assertThat(api.get("/fine_tuning/jobs").path("data")).isEmpty();
        assertThat(run("models", "list").lines()).anyMatch(line -> line.contains("it can be asked, but not tuned"));
        assertNothingStaysOfAnImportThatIsRefusedAtTheEnd(file);
    }

    @Test
    void anAdapterOfAnotherTool_comesInByItsBasesName_withAWarning() throws Exception {
        Path foreign = adapter("someone/tiny", "0".repeat(64));
        Files.delete(foreign.resolve("luthier.json"));
        Cli added = run("models", "add", foreign, "--id", "foreign");
        assertThat(added.exit()).as(added.err()).isZero();
        assertThat(added.out()).contains("names its base only by 'someone/tiny'", "nothing proves");
    }

    @Test
    void whatDoesNotFit_isRefusedWithTheReason() throws Exception {
        Cli unknown = run("models", "add", adapter("tiny", "0".repeat(64)), "--id", "x");
        assertThat(unknown.exit()).isEqualTo(3);
        assertThat(unknown.err()).contains("No base of the catalogue has these weights");

        Path file = Files.writeString(folder.resolve("empty.gguf"), "GGUF and nothing that a GGUF file has");
        Cli empty = run("models", "add", file, "--id", "x");
        assertThat(empty.exit()).isEqualTo(2);
        assertThat(empty.err()).contains("empty.gguf", "GGUF version");
        assertThat(run("models", "list").out()).doesNotContain("empty");

        Cli noAdapter = run("export", "tiny", "--format", "peft", "--out", folder.resolve("p"));
        assertThat(noAdapter.exit()).isEqualTo(2);
        assertThat(noAdapter.err()).contains("tiny is a base");
        Cli gone = run("export", "ft:tiny:personal::gone1234", "--format", "gguf", "--out", folder.resolve("g"));
        assertThat(gone.exit()).isEqualTo(3);
        assertThat(run("export", "tiny", "--format", "gguf", "--quantization", "q3", "--out", folder.resolve("q"))
                        .err())
                .contains("q3 is not one of [f16, bf16, q8_0, q4_0, q4_k_m]");
        assertThat(folder.resolve("g")).doesNotExist();
    }

    private void assertNothingStaysOfAnImportThatIsRefusedAtTheEnd(Path gguf) throws IOException {
        Set<Path> before = imported();
        Path template = Files.writeString(folder.resolve("broken.jinja"), "{% for %}");
        Cli refused = run("models", "add", gguf, "--id", "broken", "--chat-template", template);
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.err()).contains("the chat template cannot be read");
        assertThat(imported()).isEqualTo(before);
    }

    private Set<Path> imported() throws IOException {
        try (var files = Files.list(data.resolve("imported"))) {
            return files.collect(Collectors.toSet());
        }
    }

    private Cli run(Object... arguments) {
        Object[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--data";
        all[arguments.length + 1] = data;
        return Cli.run(all);
    }

    private Path adapter(String baseName, String sha256) throws IOException {
        Path directory = folder.resolve("adapter");
        try (LoraAdapter adapter =
                LoraAdapter.fresh(ModelDirectory.open(base).spec(), LoraSpec.everyProjection(4, 8), 1)) {
            PeftDirectory.write(directory, adapter, new PeftDirectory.Base(baseName, sha256, base));
        }
        return directory;
    }

    private void asked(String model) {
        JsonNode answer = api.post("/completions", Map.of("model", model, "prompt", "Once upon", "max_tokens", 3));
        assertThat(answer.path("model").asString()).isEqualTo(model);
    }

    private static Path only(Path directory, String end) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(end))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
