package ai.luthier.cli;

import ai.luthier.server.config.Configuration;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configuration of a command: flags before environment before the data directory's file. */
final class Settings {

    private Settings() {}

    /** @param flags further settings, by key */
    static Configuration of(Path data, Map<String, String> flags) {
        Map<String, String> all = new HashMap<>(flags);
        all.put("data.directory", data.toString());
        return Configuration.load(System.getenv(), all);
    }

    /** The same, with the data directory from environment and defaults where {@code data} is null. */
    static Configuration load(@Nullable Path data, Map<String, String> flags) {
        return data == null ? Configuration.load(System.getenv(), flags) : of(data, flags);
    }
}
