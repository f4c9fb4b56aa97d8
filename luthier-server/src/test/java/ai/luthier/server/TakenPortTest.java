package ai.luthier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Unavailable;
import ai.luthier.server.config.Configuration;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that could not listen makes nothing. */
class TakenPortTest {

    @Test
    void takenPort_isFoundBeforeAnythingIsMade(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Configuration configuration = Configuration.load(
                    Map.of(),
                    Map.of("data.directory", data.toString(), "server.port", String.valueOf(other.getLocalPort())));

            assertThatThrownBy(() -> LuthierServer.start(configuration))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("--port");
        }
        assertThat(data).doesNotExist();
    }
}
