package ai.luthier.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.train.RunEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressJournalTest {

    @TempDir
    Path root;

    @BeforeEach
    void appointWorkerOne() {
        Fence.raise(new RunFolder(root), 1);
    }

    @Test
    void keepsWholeLinesAndDropsATornOne() throws Exception {
        RunFolder folder = new RunFolder(root);
        Files.writeString(folder.progress(), "{\"step\":1}\n{\"step\":2}\n{\"ste");
        append(folder, new RunEvent.Warning("two"));
        assertThat(folder.progress())
                .hasContent("{\"step\":1}\n{\"step\":2}\n{\"event\":\"warning\",\"message\":\"two\"}\n");
    }

    @Test
    void dropsATornLineLongerThanABlock() throws Exception {
        RunFolder folder = new RunFolder(root);
        Files.writeString(folder.progress(), "{\"step\":1}\n" + "x".repeat(10_000));
        append(folder, new RunEvent.Warning("two"));
        assertThat(folder.progress()).hasContent("{\"step\":1}\n{\"event\":\"warning\",\"message\":\"two\"}\n");
    }

    @Test
    void startsEmptyWhenTheFirstLineWasTorn() throws Exception {
        RunFolder folder = new RunFolder(root);
        Files.writeString(folder.progress(), "{\"st");
        append(folder, new RunEvent.Warning("one"));
        assertThat(folder.progress()).hasContent("{\"event\":\"warning\",\"message\":\"one\"}\n");
    }

    private static void append(RunFolder folder, RunEvent event) {
        try (Lease lease = Lease.take(folder, 1, Duration.ofSeconds(1));
                ProgressJournal journal = ProgressJournal.open(folder, lease)) {
            journal.on(event);
            journal.beforeWrite();
        }
    }
}
