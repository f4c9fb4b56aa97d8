package ai.luthier.engine.adapter;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.AtomicFile;
import ai.luthier.engine.checkpoint.Folders;
import ai.luthier.engine.checkpoint.SafetensorsFile;
import ai.luthier.engine.checkpoint.SafetensorsWriter;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * An adapter on disk as {@code peft} writes it: {@code adapter_config.json} and {@code adapter_model.safetensors}, with the
 * tokenizer and the chat template of its base beside them, and {@code luthier.json}, which names the base by id and hash.
 */
public final class PeftDirectory {

    static final String CONFIG = PeftConfig.NAME;
    static final String WEIGHTS = "adapter_model.safetensors";
    static final String PROVENANCE = "luthier.json";
    private static final String TEMPLATE = "chat_template.jinja";

    /** What makes a directory of an adapter usable without its base's directory, apart from the weights. */
    private static final List<String> COMPANIONS = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            TEMPLATE,
            "generation_config.json");

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private PeftDirectory() {}

    /**
     * The model that an adapter belongs to.
     *
     * @param id its name in the catalogue
     * @param sha256 of its weights, hexadecimal
     * @param directory where its tokenizer and template lie
     * @param template file with the template that was used instead of the directory's own
     */
    public record Base(String id, String sha256, Path directory, Optional<Path> template) {

        /** A base that was used with its own template. */
        public Base(String id, String sha256, Path directory) {
            this(id, sha256, directory, Optional.empty());
        }
    }

    /**
     * What an adapter says of its base, as far as Luthier wrote it.
     *
     * @param id name in the catalogue
     * @param sha256 of the base's weights, hexadecimal
     */
    public record Provenance(String id, String sha256) {}

    /**
     * Writes the directory completely or not at all: under a temporary name beside it, forced to disk, then renamed. Where
     * it already exists nothing is written, for it is complete.
     */
    public static void write(Path target, LoraAdapter adapter, Base base) throws IOException {
        publish(target, base, folder -> {
            SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors(adapter), Map.of("format", "pt"));
            AtomicFile.write(folder.resolve(CONFIG), JSON.writeValueAsBytes(config(adapter, base.id())));
        });
    }

    /** What makes the directory of a tuned model different from others. */
    @FunctionalInterface
    interface Content {
        void writeTo(Path folder) throws IOException;
    }

    /** The same for other content: what names the base, the tokenizer and the template are put beside it. */
    static void publish(Path target, Base base, Content content) throws IOException {
        if (Files.exists(target)) {
            return;
        }
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        Folders.delete(temporary);
        Files.createDirectories(temporary);
        content.writeTo(temporary);
        AtomicFile.write(
                temporary.resolve(PROVENANCE),
                JSON.writeValueAsBytes(Map.of("base", Map.of("id", base.id(), "sha256", base.sha256()))));
        for (String name : COMPANIONS) {
            Path companion = base.directory().resolve(name);
            if (Files.exists(companion)) {
                AtomicFile.write(temporary.resolve(name), Files.readAllBytes(companion));
            }
        }
        if (base.template().isPresent()) {
            AtomicFile.write(
                    temporary.resolve(TEMPLATE),
                    Files.readAllBytes(base.template().get()));
        }
        Folders.publish(temporary, target);
    }

    /** Names of the files that make a directory usable apart from configuration and weights: tokenizer, template, generation. */
    public static List<String> companions() {
        return COMPANIONS;
    }

    /** Where an adapter comes from; empty for directories that others wrote. */
    public static Optional<Provenance> provenance(Path directory) throws IOException {
        Path file = directory.resolve(PROVENANCE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode base = JSON.readTree(Files.readAllBytes(file)).path("base");
        return Optional.of(
                new Provenance(base.path("id").asString(""), base.path("sha256").asString("")));
    }

    /** What an adapter calls its base: a name on the Hub, of a catalogue, or a path. */
    public static String baseName(Path directory) throws IOException {
        return PeftConfig.of(directory).baseName();
    }

    /** The chat template that lies in an adapter's directory. */
    public static Optional<Path> template(Path directory) {
        return Optional.of(directory.resolve(TEMPLATE)).filter(Files::exists);
    }

    /** Reads an adapter for this model; {@code UserError(INVALID_MODEL)} where it does not fit or is not plain LoRA. */
    public static LoraAdapter read(Path directory, DecoderSpec model) throws IOException {
        Path weights = weights(directory);
        LoraAdapter adapter = zero(directory, model);
        try (SafetensorsFile file = SafetensorsFile.open(weights);
                PointerScope _ = new PointerScope()) {
            Map<String, Tensor> expected = tensors(adapter);
            check(weights, file, expected);
            Scopes.withoutGradients(() -> {
                expected.forEach((name, tensor) -> tensor.copy_(file.tensor(name)));
                return adapter;
            });
            return adapter;
        } catch (IOException | RuntimeException e) {
            adapter.close();
            throw e;
        }
    }

    /** The file with the factors; refused where it is not there, or a pickle stands in its place. */
    static Path weights(Path directory) {
        Path weights = directory.resolve(WEIGHTS).normalize();
        if (Files.isRegularFile(weights)) {
            return weights;
        }
        if (Files.exists(directory.resolve("adapter_model.bin"))) {
            throw refuse(
                    directory,
                    "holds its weights in adapter_model.bin, a Python pickle, which can run code when it is read; "
                            + WEIGHTS
                            + " was expected. Save it with peft's save_pretrained(), which writes safetensors.");
        }
        throw refuse(directory, "has no " + WEIGHTS + ".");
    }

    private static LoraAdapter zero(Path directory, DecoderSpec model) throws IOException {
        LoraSpec spec = spec(directory);
        try {
            return LoraAdapter.zero(model, spec);
        } catch (IllegalArgumentException e) {
            throw new UserError(
                    ErrorCode.INVALID_MODEL, null, directory.resolve(CONFIG) + ": " + e.getMessage() + ".", e);
        }
    }

    /** Rank, alpha and targets of the adapter in this directory. */
    public static LoraSpec spec(Path directory) throws IOException {
        return PeftConfig.of(directory).spec();
    }

    private static void check(Path path, SafetensorsFile file, Map<String, Tensor> expected) {
        if (!file.names().equals(expected.keySet())) {
            Set<String> odd = new TreeSet<>(file.names());
            odd.removeAll(expected.keySet());
            Set<String> missing = new TreeSet<>(expected.keySet());
            missing.removeAll(file.names());
            throw refuse(
                    path,
                    "does not fit the base model: missing " + abbreviated(missing) + ", unknown " + abbreviated(odd)
                            + ". An adapter must change the same projections in every layer, and nothing else.");
        }
        expected.forEach((name, tensor) -> {
            long[] shape = Tensors.shape(file.tensor(name));
            if (!Arrays.equals(shape, Tensors.shape(tensor))) {
                throw refuse(
                        path,
                        "tensor " + name + " has the shape " + Arrays.toString(shape) + ", the base model and " + CONFIG
                                + " make it " + Arrays.toString(Tensors.shape(tensor)) + ".");
            }
        });
    }

    private static String abbreviated(Set<String> names) {
        String shown = names.stream().limit(4).collect(Collectors.joining(", "));
        return "[" + shown + (names.size() > 4 ? " and " + (names.size() - 4) + " more" : "") + "]";
    }

    /** Every factor under peft's name for it. */
    private static Map<String, Tensor> tensors(LoraAdapter adapter) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        adapter.factors().forEach((path, factors) -> {
            tensors.put("base_model.model." + path + ".lora_A.weight", factors.a());
            tensors.put("base_model.model." + path + ".lora_B.weight", factors.b());
        });
        return tensors;
    }

    private static Map<String, Object> config(LoraAdapter adapter, String baseId) {
        LoraSpec spec = adapter.spec();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("base_model_name_or_path", baseId);
        json.put("bias", "none");
        json.put(
                "fan_in_fan_out",
                adapter.model().names().transposed()); // where peft would find a Conv1D; no more than that
        json.put("inference_mode", true);
        json.put("init_lora_weights", true);
        json.put("lora_alpha", spec.alpha() == Math.rint(spec.alpha()) ? (Number) (int) spec.alpha() : spec.alpha());
        json.put("lora_dropout", 0.0);
        json.put("peft_type", "LORA");
        json.put("r", spec.rank());
        json.put("target_modules", spec.targets());
        json.put("task_type", "CAUSAL_LM");
        json.put("use_dora", false);
        json.put("use_rslora", spec.rankStabilised());
        return json;
    }

    private static UserError refuse(Path file, String what) {
        return new UserError(ErrorCode.INVALID_MODEL, null, file + ": " + what);
    }
}
