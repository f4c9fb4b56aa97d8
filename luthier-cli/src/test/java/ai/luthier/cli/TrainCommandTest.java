package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {

    @TempDir
    private Path folder;

    /** As a server refuses it: the numbers and what would fit, the exit code of missing memory, no run begun. */
    @Test
    void whatCannotBe_isSaidAtOnce_withoutAStackTrace(@TempDir Path folder) throws IOException {
        Path rows = Files.writeString(folder.resolve("rows.jsonl"), "{}");
        for (Cli refused : List.of(
                Cli.run("train", "--file", rows, "--out", folder.resolve("run"), "--epochs", 0),
                Cli.run("check", rows, "--epochs", 0))) {
            assertThat(refused.exit()).isEqualTo(2);
            assertThat(refused.err())
                    .isEqualTo(
                            "luthier: --epochs takes a whole number from 1 to 50, not 0; without it the number is chosen.\n");
        }
        assertThat(Cli.run("check", rows, "--batch-size", 257).err()).contains("--batch-size", "1 to 256, not 257");
        Cli nowhere = Cli.run("train", "--file", rows, "--out", rows);
        assertThat(nowhere.exit()).isEqualTo(2);
        assertThat(nowhere.err())
                .startsWith("luthier: The folder " + rows + " cannot be made")
                .contains("--out");
    }

    @Test
    void aRunThatCannotFit_isRefusedBeforeItBegins() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            rows.append("{\"prompt\":\"Say ")
                    .append(i)
                    .append(".\",\"completion\":\" It is ")
                    .append(i)
                    .append(".\"}\n");
        }
        Path file = Files.writeString(folder.resolve("rows.jsonl"), rows);
        Path run = folder.resolve("run");
        long bytes = 400L << 20;
        Cli refused =
                Cli.run("train", "--file", file, "--out", run, "--data", folder, "--memory", bytes, "--method", "full");
        assertThat(refused.exit()).as(refused.err()).isEqualTo(6);
        assertThat(refused.err())
                .contains("Tuning luthier-nano by training all weights on rows of up to ", "400 MiB are available")
                .contains("What would fit: training the last ", "LoRA of rank 16", "more memory (--memory)");
        assertThat(run.resolve("run.json")).doesNotExist();
    }
}
