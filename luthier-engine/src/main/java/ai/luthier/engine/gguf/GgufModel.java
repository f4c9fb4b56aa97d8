package ai.luthier.engine.gguf;

import ai.luthier.engine.checkpoint.AtomicFile;
import ai.luthier.engine.checkpoint.Folders;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.checkpoint.SafetensorsWriter;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A language model in a GGUF file, and the way from it to a directory in Hugging Face's layout, which everything else here reads.
 * {@code UserError(INVALID_MODEL)} where the file is of an architecture, a tokenizer or a type that is not known, or its tensors do
 * not make that architecture.
 */
public final class GgufModel implements AutoCloseable {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** What tells later readers of a directory where its weights come from. */
    public static final String ORIGIN = "luthier.json";

    private final GgufFile file;
    private final Architecture architecture;
    private final TokenizerRebuild tokenizer;

    private GgufModel(GgufFile file) {
        this.file = file;
        String id = file.text("general.architecture").orElse("");
        this.architecture = Architecture.of(id)
                .orElseThrow(() -> GgufHeader.refuse(
                        file.path(),
                        "is of the architecture '" + id + "'; these can be read: "
                                + Arrays.stream(Architecture.values())
                                        .map(Architecture::id)
                                        .toList()
                                + "."));
        this.tokenizer = TokenizerRebuild.of(file);
    }

    public static GgufModel open(Path path) throws IOException {
        GgufFile file = GgufFile.open(path);
        try {
            return new GgufModel(file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Whether any weight lost more than the rounding of a 16-bit float: such a model can be asked, but not be tuned. */
    public boolean quantised() {
        return file.tensors().values().stream().anyMatch(tensor -> tensor.type().quantised());
    }

    /** Whether a model directory was unpacked from a GGUF file with quantised weights. */
    public static boolean quantised(Path directory) throws IOException {
        Path file = directory.resolve(ORIGIN);
        return Files.exists(file)
                && JSON.readTree(Files.readAllBytes(file))
                        .at("/origin/quantized")
                        .asBoolean(false);
    }

    /** Configuration, tokenizer and chat template in a folder that exists; no weights. */
    public void describe(Path directory) throws IOException {
        AtomicFile.write(directory.resolve("config.json"), JSON.writeValueAsBytes(config()));
        AtomicFile.write(directory.resolve("tokenizer.json"), tokenizer.tokenizerJson());
        AtomicFile.write(directory.resolve("tokenizer_config.json"), tokenizer.configuration());
        AtomicFile.write(directory.resolve(ORIGIN), JSON.writeValueAsBytes(origin()));
        if (tokenizer.template().isPresent()) {
            AtomicFile.write(
                    directory.resolve("chat_template.jinja"),
                    tokenizer.template().get());
        }
    }

    /**
     * The weights in Hugging Face's order, all in one type and in memory.
     *
     * @param spec as {@link #describe}'s configuration makes it
     */
    public DecoderWeights weights(DecoderSpec spec, Dtype dtype) {
        check(spec);
        try (PointerScope _ = new PointerScope()) {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            for (Architecture.Weight weight : architecture.weights(spec)) {
                weights.put(weight.name(), tensor(weight, dtype));
            }
            return DecoderWeights.of(spec, weights, () -> {});
        }
    }

    private Tensor tensor(Architecture.Weight weight, Dtype dtype) {
        long rows = weight.shape()[0];
        long columns = weight.shape().length == 1 ? 1 : weight.shape()[1];
        Tensor whole = Tensors.empty(dtype, weight.shape());
        long step = Math.max(1, (1 << 22) / columns);
        boolean vector = weight.shape().length == 1;
        for (long from = 0; from < rows; from += step) {
            long to = Math.min(rows, from + step);
            float[] values = vector
                    ? Arrays.copyOfRange(file.rows(weight.ggufName(), 0, 1), (int) from, (int) to)
                    : file.rows(weight.ggufName(), from, to);
            long[] places = new long[(int) (to - from)];
            for (int i = 0; i < places.length; i++) {
                places[i] = weight.source(from + i);
            }
            try (PointerScope _ = new PointerScope()) {
                Tensor part = vector ? Tensors.floats(values, to - from) : Tensors.floats(values, to - from, columns);
                whole.index_copy_(0, Tensors.longs(places), part.to(dtype.scalarType()));
            }
        }
        return whole;
    }

    /** All that is wrong with the file's tensors for this model, at once. */
    private void check(DecoderSpec spec) {
        Map<String, GgufTensor> left = new LinkedHashMap<>(file.tensors());
        List<String> complaints = new ArrayList<>();
        for (Architecture.Weight weight : architecture.weights(spec)) {
            GgufTensor tensor = left.remove(weight.ggufName());
            if (tensor == null) {
                complaints.add(
                        "tensor " + weight.ggufName() + " of shape " + Arrays.toString(weight.shape()) + " is missing");
            } else if (!Arrays.equals(tensor.shape(), weight.shape())) {
                complaints.add("tensor " + weight.ggufName() + " has the shape " + Arrays.toString(tensor.shape())
                        + ", the metadata make it " + Arrays.toString(weight.shape()));
            }
        }
        left.keySet().forEach(name -> complaints.add("tensor " + name + " is not a weight of this architecture"));
        if (!complaints.isEmpty()) {
            int shown = Math.min(10, complaints.size());
            throw GgufHeader.refuse(
                    file.path(),
                    String.join("; ", complaints.subList(0, shown))
                            + (complaints.size() > shown ? "; and " + (complaints.size() - shown) + " more" : "")
                            + ".");
        }
    }

    /**
     * Writes the model as a directory in Hugging Face's layout, completely or not at all. Weights that were floats of 16 or 32 bits
     * keep their values; quantised ones become fp16, and the directory says so.
     */
    public void unpack(Path target) throws IOException {
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        Folders.delete(temporary);
        Files.createDirectories(temporary);
        try {
            describe(temporary);
            DecoderSpec spec = ModelDirectory.open(temporary).spec();
            try (DecoderWeights weights = weights(spec, dtype())) {
                SafetensorsWriter.write(
                        temporary.resolve("model.safetensors"), weights.byName(), Map.of("format", "pt"));
            }
            Folders.publish(temporary, target);
        } catch (IOException | RuntimeException e) {
            Folders.delete(temporary);
            throw e;
        }
    }

    /** The type that holds every matrix of the file. */
    private Dtype dtype() {
        boolean brain = false;
        boolean full = false;
        boolean half = false;
        for (GgufTensor tensor : file.tensors().values()) {
            if (tensor.shape().length > 1) {
                brain |= tensor.type() == GgmlType.BF16;
                full |= tensor.type() == GgmlType.F32;
                half |= tensor.type() == GgmlType.F16 || tensor.type().quantised();
            }
        }
        return full || (brain && half) ? Dtype.FP32 : brain ? Dtype.BF16 : Dtype.FP16;
    }

    private Map<String, Object> origin() {
        Map<String, Integer> types = new TreeMap<>();
        file.tensors().values().forEach(tensor -> types.merge(tensor.type().name(), 1, Integer::sum));
        Map<String, Object> origin = new LinkedHashMap<>();
        origin.put("format", "gguf");
        origin.put("file", String.valueOf(file.path().getFileName()));
        origin.put("types", types);
        origin.put("quantized", quantised());
        return Map.of("origin", origin);
    }

    private ObjectNode config() {
        ObjectNode config = JSON.createObjectNode();
        architecture.configure(config, file);
        config.put("tie_word_embeddings", !file.tensors().containsKey("output.weight"));
        tokenizer.special("bos").ifPresent(id -> config.put("bos_token_id", id));
        ArrayNode stops = config.putArray("eos_token_id");
        tokenizer.special("eos").ifPresent(stops::add);
        tokenizer
                .special("eot")
                .filter(id -> !tokenizer.special("eos").equals(java.util.Optional.of(id)))
                .ifPresent(stops::add);
        tokenizer.special("pad").ifPresent(id -> config.put("pad_token_id", id));
        config.put(
                "torch_dtype",
                switch (dtype()) {
                    case FP32 -> "float32";
                    case FP16 -> "float16";
                    case BF16 -> "bfloat16";
                });
        return config;
    }

    @Override
    public void close() {
        file.close();
    }
}
