package ai.luthier.engine.checkpoint;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
        return fileOf(name).tensor(name);
    }

    /** What is wrong with a tensor that should be a weight of this shape. */
    List<String> complaints(String name, long[] shape) {
        SafetensorsEntry entry = fileOf(name).entry(name);
        String tensor = pathOf(name).getFileName() + ": tensor " + name;
        if (!Arrays.equals(entry.shape(), shape)) {
            return List.of(tensor + " has the shape " + Arrays.toString(entry.shape()) + ", config.json makes it "
                    + Arrays.toString(shape));
        }
        return entry.dtype().isPresent()
                ? List.of()
                : List.of(tensor + " has the type '" + entry.type() + "'; weights must be F32, F16 or BF16");
    }

    /** What is wrong with a tensor that should only repeat another. */
    List<String> differences(String name, String repeated) {
        return SafetensorsFile.equal(fileOf(name), name, fileOf(repeated), repeated)
                ? List.of()
                : List.of(pathOf(name).getFileName() + ": tensor " + name + " is not equal to " + repeated
                        + ", though config.json makes them one by 'tie_word_embeddings'; set that to false, or take the"
                        + " tensor out");
    }

    private SafetensorsFile fileOf(String name) {
        SafetensorsFile file = fileOf.get(name);
        if (file == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return file;
    }

    private void add(Path path) {
        SafetensorsFile file;
        try {
            file = SafetensorsFile.open(path);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
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
        Map<String, String> expected = shardOf(index);
        for (String shard : new TreeSet<>(expected.values())) {
            if (shard.isEmpty() || shard.indexOf('\0') >= 0 || !isBeside(directory, shard)) {
                String name = shard.replace('\0', '?');
                throw refuse(index, "names the shard '" + name + "', which is not a file beside it.");
            }
            Path path = directory.resolve(shard);
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

    private static boolean isBeside(Path directory, String shard) {
        return directory.equals(directory.resolve(shard).normalize().getParent());
    }

    /** The file of every tensor, by the index. */
    private static Map<String, String> shardOf(Path index) throws IOException {
        Map<String, String> shards = new LinkedHashMap<>();
        try {
            JsonNode map = JsonMapper.shared().readTree(SmallFiles.read(index)).path("weight_map");
            map.properties().forEach(p -> shards.put(p.getKey(), p.getValue().asString("")));
        } catch (JacksonException e) {
            throw NotJson.refuse(index, e);
        }
        if (shards.isEmpty()) {
            throw refuse(index, "has no 'weight_map' from names of tensors to files.");
        }
        return shards;
    }

    private static String noWeights(Path directory) throws IOException {
        try (var listing = Files.list(directory)) {
            return listing.map(path -> path.getFileName().toString())
                    .filter(name -> name.matches(".*\\.(bin|pt|pth|ckpt|pkl)"))
                    .sorted()
                    .findFirst()
                    .map(pickle -> "holds its weights in " + pickle
                            + ", a Python pickle, which can run code when it is read;"
                            + " " + SINGLE + " was expected. Convert it first: transformers' save_pretrained() writes"
                            + " safetensors.")
                    .orElse("has neither " + SINGLE + " nor " + INDEX + ".");
        }
    }

    /** A file that is there and cannot be read, for want of rights or because it is a folder. */
    static UserError unreadable(Path file, IOException reason) {
        return new UserError(ErrorCode.INVALID_MODEL, null, file + ": cannot be read: " + reason(reason) + ".", reason);
    }

    private static String reason(IOException problem) {
        return problem instanceof AccessDeniedException ? "permission denied" : String.valueOf(problem.getMessage());
    }

    static UserError refuse(Path file, String what) {
        return new UserError(ErrorCode.INVALID_MODEL, null, file + ": " + what);
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
