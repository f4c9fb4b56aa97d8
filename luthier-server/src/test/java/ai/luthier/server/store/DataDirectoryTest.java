package ai.luthier.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    Path parent;

    @Test
    void refusesASecondHolder_inThisProcess() {
        Path folder = parent.resolve("data");
        try (var first = DataDirectory.open(folder)) {
            first.announce(URI.create("http://127.0.0.1:8080"));
            assertThatThrownBy(() -> DataDirectory.open(folder))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining(
                            "process id " + ProcessHandle.current().pid() + " at http://127.0.0.1:8080")
                    .extracting(e -> ((LuthierException) e).code())
                    .isEqualTo(ErrorCode.BUSY);
            // Having been refused, and having been looked at, it is still locked.
            assertThat(DataDirectory.running(folder)).isPresent();
            assertThatThrownBy(() -> DataDirectory.open(folder)).isInstanceOf(Conflict.class);
        }
        assertThat(DataDirectory.running(folder)).isEmpty();
        DataDirectory.open(folder).close();
    }

    @Test
    void keepsItsNodeName_overRestarts() {
        String first;
        try (var directory = DataDirectory.open(parent)) {
            first = directory.node();
        }
        try (var directory = DataDirectory.open(parent)) {
            assertThat(directory.node()).isEqualTo(first).startsWith("node-");
        }
    }

    @Test
    void saysWhyAFolderCannotBeMade() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        assertThatThrownBy(() -> DataDirectory.open(file))
                .hasMessage(
                        "The data directory %s cannot be created: %s is a file. Choose one that you can write to with --data."
                                .formatted(file, file));
        assertThatThrownBy(() -> DataDirectory.open(Path.of("/proc/luthier")))
                .hasMessageContaining("/proc/luthier cannot be created")
                .hasMessageContaining("--data");
    }
}
