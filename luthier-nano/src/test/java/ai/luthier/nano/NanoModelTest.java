package ai.luthier.nano;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NanoModelTest {

    @Test
    void unpacksOnceAndCompletely_alsoWhenSeveralAskAtOnce(@TempDir Path folder) throws Exception {
        var callers = new ArrayList<Callable<Path>>();
        for (int i = 0; i < 4; i++) {
            callers.add(() -> NanoModel.unpack(folder.resolve("models")));
        }
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Path directory = NanoModel.unpack(folder.resolve("models"));
            for (Future<Path> unpacked : pool.invokeAll(callers)) {
                assertThat(unpacked.get()).isEqualTo(directory);
            }
            assertThat(directory.getFileName().toString()).startsWith("luthier-nano-");
            assertThat(directory.resolve("model.safetensors")).isNotEmptyFile();
            assertThat(directory.resolve("chat_template.jinja")).isNotEmptyFile();
        }
        try (var left = Files.list(folder.resolve("models"))) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void weightsStayWithinTheirTwentyMegabytes(@TempDir Path folder) throws Exception {
        assertThat(Files.size(NanoModel.unpack(folder).resolve("model.safetensors")))
                .isLessThan(20_000_000);
    }

    @Test
    void hashIsOfTheFiles() throws Exception {
        assertThat(NanoModel.hash()).matches("[0-9a-f]{64}").isEqualTo(NanoModel.hash());
    }
}
