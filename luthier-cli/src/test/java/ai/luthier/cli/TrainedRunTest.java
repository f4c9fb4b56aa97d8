package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code luthier train} made leaves by {@code luthier export}, without a server. */
@Timeout(300)
class TrainedRunTest {

    @TempDir
    private Path folder;

    private Path base;
    private Path run;

    @BeforeEach
    void writeBase() throws IOException {
        base = TinyBase.write(folder.resolve("tiny"), 200);
        run = folder.resolve("run");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora", "last_layers"})
    void aRun_isExportedByItsFolder_orByThatOfItsAdapter(String method) throws IOException {
        Cli trained = train(method);
        assertThat(trained.exit()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("luthier export " + run + " --format gguf --out FOLDER");

        Cli whole = export(run, "safetensors", "whole");
        assertThat(whole.exit()).as(whole.err()).isZero();
        assertThat(whole.out()).contains("100 of 100 texts");
        assertThat(Files.mismatch(folder.resolve("whole/model.safetensors"), base.resolve("model.safetensors")))
                .as("the weights are the tuned ones")
                .isNotEqualTo(-1);
        Cli gguf = export(run.resolve("adapter"), "gguf", "gguf");
        assertThat(gguf.exit()).as(gguf.err()).isZero();
    }

    @Test
    void whatCannotBeExported_isRefusedWithTheReason() throws IOException {
        assertThat(train("lora").exit()).isZero();
        Path weights = base.resolve("model.safetensors");
        byte[] trainedOn = Files.readAllBytes(weights);
        byte[] others = trainedOn.clone();
        others[others.length - 1] ^= 1;
        Files.write(weights, others);
        assertRefused("are others than those that the run in " + run + " trained");

        Files.delete(base.resolve("config.json"));
        assertRefused("which is no longer there. Put it back");

        Files.move(run.resolve("adapter"), folder.resolve("elsewhere"));
        assertRefused("is not finished. The same `luthier train` command goes on with it.");
    }

    private void assertRefused(String words) {
        Cli refused = export(run, "gguf", "out");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains(words);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private Cli export(Path model, String format, String out) {
        return Cli.run("export", model, "--format", format, "--out", folder.resolve(out), "--data", folder);
    }

    private Cli train(String method) throws IOException {
        String rows = IntStream.range(0, 10)
                .mapToObj(number -> "{\"prompt\":\"%d\",\"completion\":\" is %d\"}".formatted(number, number))
                .collect(Collectors.joining("\n"));
        Path file = Files.writeString(folder.resolve("rows.jsonl"), rows);
        return Cli.run(
                "train",
                "--model",
                base,
                "--file",
                file,
                "--out",
                run,
                "--data",
                folder,
                "--epochs",
                1,
                "--method",
                method);
    }
}
