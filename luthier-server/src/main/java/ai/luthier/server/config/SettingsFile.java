package ai.luthier.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads {@code luthier.json}: objects within objects, whose names joined by dots are the keys. Stateless. */
final class SettingsFile {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private SettingsFile() {}

    /** Adds what {@code file} says; a file that is not there says nothing. */
    static void read(Path file, Values values) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            JsonNode root = JSON.readTree(Files.readString(file));
            if (root.isObject()) {
                walk(root, "", file, values);
            } else {
                values.problem(file + " has to be a JSON object, such as {\"server\": {\"port\": 9000}}.");
            }
        } catch (JacksonException e) {
            values.problem("%s is not JSON: %s (line %d, column %d)."
                    .formatted(
                            file,
                            e.getOriginalMessage(),
                            e.getLocation().getLineNr(),
                            e.getLocation().getColumnNr()));
        } catch (IOException e) {
            values.problem(file + " cannot be read: " + e);
        }
    }

    private static void walk(JsonNode object, String prefix, Path file, Values values) {
        for (var entry : object.properties()) {
            String key = prefix + entry.getKey();
            JsonNode value = entry.getValue();
            if (value.isObject()) {
                walk(value, key + ".", file, values);
            } else if (key.equals(Setting.DATA_DIRECTORY.key())) {
                values.problem(key + " cannot be set in " + file + ", which lies in that folder; use --data or "
                        + Setting.DATA_DIRECTORY.variable() + ".");
            } else if (value.isArray() || value.isNull()) {
                values.problem("%s in %s is %s; it takes one value.".formatted(key, file, value));
            } else {
                values.add(key, value.asString(), file.toString());
            }
        }
    }
}
