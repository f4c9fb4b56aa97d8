package ai.luthier.server.models.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The cache folder of Hugging Face's own tools: {@code models--org--name/{refs/REVISION, snapshots/COMMIT/…}}. */
final class HubCache {

    private final Path folder;

    HubCache(Path folder) {
        this.folder = folder;
    }

    /** The folder of a model that lies there whole. */
    Optional<Path> find(HubModelId model) {
        Path root = folder.resolve(model.folder());
        String commit = commit(root, model.revision());
        Path snapshot = root.resolve("snapshots").resolve(commit);
        return isWhole(snapshot) ? Optional.of(snapshot.toAbsolutePath().normalize()) : Optional.empty();
    }

    private static String commit(Path root, String revision) {
        Path reference = root.resolve("refs").resolve(revision);
        try {
            return Files.isRegularFile(reference) ? Files.readString(reference).strip() : revision;
        } catch (IOException e) {
            return revision; // an unreadable cache is no cache
        }
    }

    /** Configuration, tokenizer and every file of weights are there. */
    static boolean isWhole(Path directory) {
        if (!Files.isRegularFile(directory.resolve("config.json"))
                || !Files.isRegularFile(directory.resolve("tokenizer.json"))) {
            return false;
        }
        Path index = directory.resolve("model.safetensors.index.json");
        if (!Files.isRegularFile(index)) {
            return Files.isRegularFile(directory.resolve("model.safetensors"));
        }
        try {
            JsonNode shards =
                    JsonMapper.shared().readTree(Files.readAllBytes(index)).path("weight_map");
            return shards.isObject()
                    && shards.valueStream()
                            .allMatch(shard -> Files.isRegularFile(directory.resolve(shard.asString(""))));
        } catch (IOException | JacksonException e) {
            return false;
        }
    }
}
