package ai.luthier.engine.checkpoint;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The weights of a model directory: one {@code model.safetensors}, or shards with an index. All files stay mapped. */
final class WeightFiles implements AutoCloseable {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final List<SafetensorsFile> files = new ArrayList<>();
    private final Map<String, SafetensorsFile> fileOf = new LinkedHashMap<>();
    private final Map<String, Path> pathOf = new LinkedHashMap<>();

    private WeightFiles() {}

    static WeightFiles open(Path directory) throws IOException {
        WeightFiles weights = new WeightFiles();
        try {
            if (Files.exists(directory.resolve(SINGLE))) {
                weights.add(directory.resolve(SINGLE));
            } else if (Files.exists(directory.resolve(INDEX))) {
                weights.addShards(directory);
            } else {
                throw refuse(directory, noWeights(directory));
            }
            return weights;
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** The files that hold the weights, sorted by name. */
    Set<Path> paths() {
        return new TreeSet<>(pathOf.values());
    }

    Set<String> names() {
        return fileOf.keySet();
    }

    Path pathOf(String name) {
        Path path = pathOf.get(name);
        if (path == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return path;
    }

    Tensor tensor(String name) {
        SafetensorsFile file = fileOf.get(name);
        if (file == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return file.tensor(name);
    }

    private void add(Path path) throws IOException {
        SafetensorsFile file = SafetensorsFile.open(path);
        files.add(file);
        for (String name : file.names()) {
            Path other = pathOf.put(name, path);
            if (other != null) {
                throw refuse(path, "tensor " + name + " is also in " + other.getFileName() + ".");
            }
            fileOf.put(name, file);
        }
    }

    private void addShards(Path directory) throws IOException {
        Path index = directory.resolve(INDEX);
        Map<String, String> expected = new LinkedHashMap<>();
        try {
            JsonNode map =
                    JsonMapper.shared().readTree(Files.readAllBytes(index)).path("weight_map");
            map.properties().forEach(p -> expected.put(p.getKey(), p.getValue().asString("")));
        } catch (JacksonException e) {
            throw new UserError(
                    ErrorCode.INVALID_MODEL, null, index + ": is not valid JSON: " + e.getOriginalMessage(), e);
        }
        for (String shard : new TreeSet<>(expected.values())) {
            Path path = directory.resolve(shard);
            if (shard.isEmpty() || !directory.equals(path.normalize().getParent())) {
                throw refuse(index, "names the shard '" + shard + "', which is not a file beside it.");
            }
            if (!Files.exists(path)) {
                throw refuse(index, "names the shard '" + shard + "', which is not there. Download it again.");
            }
            add(path);
        }
        expected.forEach((name, shard) -> {
            Path path = pathOf.get(name);
            if (path == null || !path.getFileName().toString().equals(shard)) {
                throw refuse(index, "puts tensor " + name + " into " + shard + ", which does not hold it.");
            }
        });
    }

    private static String noWeights(Path directory) throws IOException {
        try (var listing = Files.list(directory)) {
            return listing.map(path -> path.getFileName().toString())
                            .anyMatch(name -> name.matches(".*\\.(bin|pt|pth|ckpt|pkl)"))
                    ? "holds its weights only as Python pickles, which can run code when they are read. Convert them to"
                            + " safetensors first."
                    : "has neither " + SINGLE + " nor " + INDEX + ".";
        }
    }

    static UserError refuse(Path file, String what) {
        return new UserError(ErrorCode.INVALID_MODEL, null, file + ": " + what);
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
