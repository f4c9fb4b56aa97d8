package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads onto a disk that really is full: a small one in memory, which only root can mount. */
class DiskFullTest {

    private static final String BOUNDARY = "b";

    @TempDir
    private Path folder;

    @Test
    void anUploadThatDoesNotFit_isA507_andLeavesNothing_andASmallerOneWorks() throws Exception {
        Path blobs = Files.createDirectories(folder.resolve("blobs"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", blobs.toString()))
                .as("a small disk cannot be mounted here: that takes root")
                .isTrue();
        try (WiredServer server = new WiredServer(folder)) {
            Client.Reply full = upload(server, "x".repeat(400_000));
            assertThat(full.status()).as(full.text()).isEqualTo(507);
            assertThat(full.error().path("code").asString()).isEqualTo("disk_full");
            assertThat(full.error().path("type").asString()).isEqualTo("server_error");
            assertThat(full.error().path("message").asString()).contains("is full; nothing was stored");
            assertThat(full.headers().firstValue("x-should-retry")).hasValue("false");
            assertThat(server.client.get("/v1/files").json().path("data")).isEmpty();
            try (Stream<Path> left = Files.list(blobs)) {
                assertThat(left).isEmpty();
            }

            Client.Reply small = upload(server, "x".repeat(40_000));
            assertThat(small.status()).as(small.text()).isEqualTo(200);
            String id = small.json().path("id").asString();
            assertThat(server.client.get("/v1/files/" + id + "/content").body()).hasSize(40_000);
        } finally {
            assertThat(run("umount", blobs.toString())).isTrue();
        }
    }

    private static Client.Reply upload(WiredServer server, String content) {
        return server.client.upload(
                BOUNDARY,
                Client.part(BOUNDARY, "name=\"purpose\"", "user_data")
                        + Client.part(BOUNDARY, "name=\"file\"; filename=\"big.txt\"", content)
                        + Client.end(BOUNDARY));
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(List.of(command))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
