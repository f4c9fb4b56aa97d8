package ai.luthier.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.train.RunEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressReaderTest {

    @TempDir
    Path root;

    @Test
    void handsOutEachWholeLineOnceAndWaitsForTheRest() throws Exception {
        RunFolder folder = new RunFolder(root);
        ProgressReader reader = new ProgressReader(folder);
        assertThat(reader.next()).isEmpty();

        RunEvent first = new RunEvent.Started(10, 30, 1_234);
        RunEvent second = new RunEvent.Warning("a word with an ümlaut");
        String torn = RunJson.line(second) + "\n";
        Files.writeString(folder.progress(), RunJson.line(first) + "\n" + torn.substring(0, 20));
        assertThat(reader.next()).containsExactly(first);
        assertThat(reader.next()).isEmpty();

        Files.writeString(folder.progress(), torn.substring(20), StandardOpenOption.APPEND);
        assertThat(reader.next()).containsExactly(second);
    }

    @Test
    void readsJournalsLongerThanABlock() throws Exception {
        RunFolder folder = new RunFolder(root);
        StringBuilder lines = new StringBuilder();
        for (int step = 1; step <= 2_000; step++) {
            lines.append(RunJson.line(step(step))).append('\n');
        }
        Files.writeString(folder.progress(), lines);
        ProgressReader reader = new ProgressReader(folder);
        int expected = 1;
        for (var events = reader.next(); !events.isEmpty(); events = reader.next()) {
            for (RunEvent event : events) {
                assertThat(event).isEqualTo(step(expected++));
            }
        }
        assertThat(expected).isEqualTo(2_001);
    }

    private static RunEvent step(int step) {
        return new RunEvent.StepDone(step, 2_000, 1.25, 0.5, null, null, 0.75, 0.5, 0.1, 1e-4, 100, 25, 1e3, Map.of());
    }
}
