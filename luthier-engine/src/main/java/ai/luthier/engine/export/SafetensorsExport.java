package ai.luthier.engine.export;

import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.AtomicFile;
import ai.luthier.engine.checkpoint.SafetensorsWriter;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A directory that {@code transformers} loads without more: weights with the adapter added in, each rounded once to the type that the
 * base has it in, the base's own configuration and tokenizer, the template that the model was tuned with.
 */
final class SafetensorsExport {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** What transformers splits at. */
    static final long SHARD_BYTES = 5_000_000_000L;

    private SafetensorsExport() {}

    static void write(Path directory, ExportModel model, long shardBytes) throws IOException {
        Path base = model.base().path();
        AtomicFile.write(directory.resolve("config.json"), Files.readAllBytes(base.resolve("config.json")));
        for (String name : PeftDirectory.companions()) {
            if (Files.exists(base.resolve(name))) {
                AtomicFile.write(directory.resolve(name), Files.readAllBytes(base.resolve(name)));
            }
        }
        if (model.templateSource().isPresent()) {
            AtomicFile.write(
                    directory.resolve("chat_template.jinja"),
                    model.templateSource().get().getBytes(StandardCharsets.UTF_8));
        }
        try (MergedWeights weights = MergedWeights.open(model)) {
            writeShards(directory, weights, shards(weights, shardBytes));
        }
    }

    /** The weights in order, cut wherever the next one would make a file larger than {@code shardBytes}. */
    private static List<List<SafetensorsWriter.Entry>> shards(MergedWeights weights, long shardBytes) {
        List<List<SafetensorsWriter.Entry>> shards = new ArrayList<>(List.of(new ArrayList<>()));
        long bytes = 0;
        for (var weight : weights.base().byName().entrySet()) {
            SafetensorsWriter.Entry entry = new SafetensorsWriter.Entry(
                    weight.getKey(), Dtype.of(weight.getValue()), Tensors.shape(weight.getValue()));
            if (bytes > 0 && bytes + entry.bytes() > shardBytes) {
                shards.add(new ArrayList<>());
                bytes = 0;
            }
            shards.getLast().add(entry);
            bytes += entry.bytes();
        }
        return shards;
    }

    private static void writeShards(Path directory, MergedWeights weights, List<List<SafetensorsWriter.Entry>> shards)
            throws IOException {
        Map<String, String> fileOf = new TreeMap<>();
        long total = 0;
        for (int i = 0; i < shards.size(); i++) {
            String file = shards.size() == 1
                    ? "model.safetensors"
                    : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
            SafetensorsWriter.write(directory.resolve(file), shards.get(i), Map.of("format", "pt"), weights::merged);
            for (SafetensorsWriter.Entry entry : shards.get(i)) {
                fileOf.put(entry.name(), file);
                total += entry.bytes();
            }
        }
        if (shards.size() > 1) {
            Map<String, Object> index = new LinkedHashMap<>();
            index.put("metadata", Map.of("total_size", total));
            index.put("weight_map", fileOf);
            AtomicFile.write(directory.resolve("model.safetensors.index.json"), JSON.writeValueAsBytes(index));
        }
    }
}
