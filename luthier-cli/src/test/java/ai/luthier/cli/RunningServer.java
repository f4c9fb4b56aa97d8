package ai.luthier.cli;

import ai.luthier.server.LuthierServer;
import ai.luthier.server.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** A real server of this process on a data directory of its own, and its owner's door to it. */
record RunningServer(Path data, LuthierServer server, ApiClient api) implements AutoCloseable {

    /** Of the data directory {@code folder/data}; {@code folder} exists. */
    static RunningServer start(Path folder, String ownersKey) throws IOException {
        // PostgreSQL may have another owner
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        Path data = folder.resolve("data");
        LuthierServer server = LuthierServer.start(Configuration.load(
                Map.of("LUTHIER_ADMIN_KEY", ownersKey), Map.of("data.directory", data.toString(), "server.port", "0")));
        return new RunningServer(data, server, new ApiClient(server.baseUrl(), ownersKey));
    }

    @Override
    public void close() {
        server.close();
    }
}
