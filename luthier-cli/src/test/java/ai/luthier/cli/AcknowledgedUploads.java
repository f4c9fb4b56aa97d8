package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.api.LuthierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small files that are uploaded while a server suffers; those it acknowledged have to stay. Used by one thread. */
final class AcknowledgedUploads {

    private final Path folder;

    private final List<String> acknowledged = new ArrayList<>();

    AcknowledgedUploads(Path folder) {
        this.folder = folder;
    }

    void some(ApiClient api) throws IOException {
        for (int i = 0; i < 5; i++) {
            one(api);
        }
    }

    void untilTheServerIsGone(ApiClient api) throws IOException {
        try {
            while (true) {
                one(api);
            }
        } catch (LuthierException | IOException gone) {
            assertThat(acknowledged).isNotEmpty();
        }
    }

    private void one(ApiClient api) throws IOException {
        Path file = Files.writeString(folder.resolve("small.jsonl"), "{\"prompt\":\"a\",\"completion\":\"b\"}\n");
        acknowledged.add(api.upload(file).path("id").asString());
    }

    void assertAllAreThere(ApiClient api) {
        for (String id : acknowledged) {
            assertThat(api.get("/files/" + id + "/content").path("completion").asString())
                    .as(id)
                    .isEqualTo("b");
        }
    }
}
