package ai.luthier.engine.checkpoint;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.tokens.HuggingFaceTokenizer;
import ai.luthier.text.tokens.TextTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A model as Hugging Face lays it out on disk. Opening reads only small files; safe for any thread. */
public final class ModelDirectory {

    private final Path path;
    private final JsonNode config;
    private final DecoderSpec spec;
    private final Set<Integer> stopIds;
    private @Nullable String weightsHash;

    private ModelDirectory(Path path, JsonNode config, DecoderSpec spec, Set<Integer> stopIds) {
        this.path = path;
        this.config = config;
        this.spec = spec;
        this.stopIds = stopIds;
    }

    /** Reads the configuration; {@code UserError(INVALID_MODEL)} where this engine does not compute such a model. */
    public static ModelDirectory open(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        Path configFile = path.resolve("config.json");
        JsonNode config = HuggingFaceConfig.parse(configFile);
        DecoderSpec spec = HuggingFaceConfig.spec(configFile, config);
        Set<Integer> stopIds = new TreeSet<>(HuggingFaceConfig.stopIds(configFile, config));
        Path generation = path.resolve("generation_config.json");
        if (Files.exists(generation)) {
            stopIds.addAll(HuggingFaceConfig.stopIds(generation, HuggingFaceConfig.parse(generation)));
        }
        return new ModelDirectory(path, config, spec, stopIds);
    }

    /** Writes weights and configuration of a new model; the folder must exist. Tokenizer files are the caller's. */
    public static void write(Path directory, DecoderWeights weights, Map<String, Object> tokenIds) throws IOException {
        String dtype = switch (weights.dtype()) {
            case FP32 -> "float32";
            case FP16 -> "float16";
            case BF16 -> "bfloat16";
        };
        SafetensorsWriter.write(directory.resolve("model.safetensors"), weights.byName(), Map.of("format", "pt"));
        AtomicFile.write(directory.resolve("config.json"), HuggingFaceConfig.write(weights.spec(), dtype, tokenIds));
    }

    public Path path() {
        return path;
    }

    public DecoderSpec spec() {
        return spec;
    }

    /** Ids that end an answer: {@code eos_token_id} of the model's and of the generation's configuration. */
    public Set<Integer> stopIds() {
        return Set.copyOf(stopIds);
    }

    /** The tokenizer of this directory, loaded anew; the caller closes it. */
    public TextTokenizer tokenizer() {
        return HuggingFaceTokenizer.load(path);
    }

    /**
     * The decoder over this directory's weights. Where the file already has the type asked for, the weights stay mapped and
     * cost no memory of their own; otherwise they are converted. Closing the decoder unmaps the files.
     */
    public Decoder decoder(Dtype dtype) {
        return new Decoder(weights(tensor -> Tensors.placed(tensor.to(dtype.scalarType()))));
    }

    /** The value of {@code model_type}, the family's name. */
    public String modelType() {
        return config.path("model_type").asString("");
    }

    /** The element type in which the files hold the embedding; matrices have the same in every usual checkpoint. */
    public Dtype storedDtype() {
        try (DecoderWeights weights = storedWeights()) {
            return weights.dtype();
        }
    }

    /** The weights as the files hold them, each mapped and in its own type; for copying, not for computing. */
    public DecoderWeights storedWeights() {
        return weights(UnaryOperator.identity());
    }

    /**
     * SHA-256 of the weights, hexadecimal: of the file where there is one, of the files' digests in the order of their names
     * where there are shards. Reads all of them once.
     */
    public synchronized String weightsHash() throws IOException {
        String known = weightsHash;
        if (known == null) {
            try (WeightFiles files = WeightFiles.open(path)) {
                known = Digests.sha256(List.copyOf(files.paths()));
            }
            weightsHash = known;
        }
        return known;
    }

    private DecoderWeights weights(UnaryOperator<Tensor> conversion) {
        WeightFiles files;
        try {
            files = WeightFiles.open(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the weights in " + path, e);
        }
        try (PointerScope _ = new PointerScope()) {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            checkedNames(files).forEach((name, inFile) -> weights.put(name, conversion.apply(files.tensor(inFile))));
            return DecoderWeights.of(spec, weights, files::close);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** The decoder's weights and their names in the files, once these hold exactly them in exactly their shapes. */
    private Map<String, String> checkedNames(WeightFiles files) {
        Family family = HuggingFaceConfig.family(path.resolve("config.json"), config);
        WeightMatch match = WeightMatch.of(spec, family, files.names());
        Map<String, long[]> expected = WeightNames.shapes(spec);
        List<String> complaints = new ArrayList<>();
        expected.forEach((name, shape) -> {
            String inFile = match.inFiles().get(name);
            if (inFile == null) {
                complaints.add("tensor " + name + " of shape " + Arrays.toString(shape) + " is missing");
                return;
            }
            complaints.addAll(files.complaints(inFile, shape));
        });
        String embedding = match.inFiles().get(WeightNames.embedding(spec));
        if (embedding != null) {
            match.repeatedHeads().forEach(head -> complaints.addAll(files.differences(head, embedding)));
        }
        for (String name : match.unknown()) {
            complaints.add(
                    files.pathOf(name).getFileName() + ": tensor " + name + " is not a weight of this architecture");
        }
        if (!complaints.isEmpty()) {
            int shown = Math.min(10, complaints.size());
            String more = complaints.size() > shown ? "; and " + (complaints.size() - shown) + " more" : "";
            throw new UserError(
                    ErrorCode.INVALID_MODEL,
                    null,
                    path + ": " + String.join("; ", complaints.subList(0, shown)) + more + ".");
        }
        return match.inFiles();
    }
}
