package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {

    @Test
    void aRowThatIsNotThere_isRefusedWithTheRowsThatAre(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("rows.jsonl");
        Files.writeString(file, "{\"prompt\":\"a\",\"completion\":\"b\"}\n\n{\"prompt\":\"c\",\"completion\":\"d\"}\n");

        Cli refused = Cli.run("inspect", file, "--row", "3");

        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains(file + " has no row 3; its rows are 1 to 2.");
    }
}
