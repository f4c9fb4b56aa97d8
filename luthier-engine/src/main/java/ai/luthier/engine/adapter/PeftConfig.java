package ai.luthier.engine.adapter;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code adapter_config.json} as peft writes it, read strictly: a key that is set and that no one here knows may change what the
 * adapter computes, and is refused by name.
 */
final class PeftConfig {

    static final String NAME = "adapter_config.json";

    /** What is read here, what acts in training only, and what the names of the tensors say once more. */
    private static final Set<String> KNOWN = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "bias",
            "corda_config",
            "ensure_weight_tying",
            "eva_config",
            "exclude_modules",
            "fan_in_fan_out",
            "inference_mode",
            "init_lora_weights",
            "layers_pattern",
            "loftq_config",
            "lora_alpha",
            "lora_dropout",
            "lora_ga_config",
            "megatron_core",
            "peft_type",
            "peft_version",
            "qalora_group_size",
            "r",
            "revision",
            "target_modules",
            "task_type",
            "use_rslora");

    /** First values of the factors that leave the weights of the base as they are; the others take a part out of these. */
    private static final Set<String> HARMLESS_BEGINNINGS = Set.of("", "true", "false", "gaussian", "eva", "orthogonal");

    /** A module within a layer: what comes after the layer's number. */
    private static final Pattern IN_LAYER =
            Pattern.compile("base_model\\.model\\..*?\\.\\d+\\.(.+)\\.lora_[AB]\\.weight");

    private final Path directory;
    private final Path file;
    private final JsonNode json;

    private PeftConfig(Path directory, JsonNode json) {
        this.directory = directory;
        this.file = directory.resolve(NAME);
        this.json = json;
    }

    /** The parsed file; {@code UserError(INVALID_MODEL)} where it is no JSON object. */
    static PeftConfig of(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
            if (!json.isObject()) {
                throw refuse(file, "is not a JSON object.");
            }
            return new PeftConfig(directory, json);
        } catch (JacksonException e) {
            throw new UserError(
                    ErrorCode.INVALID_MODEL, null, file + ": is not valid JSON. Download the file again.", e);
        }
    }

    /** What the adapter calls its base. */
    String baseName() {
        return json.path("base_model_name_or_path").asString("");
    }

    /** Rank, alpha and targets; refused where the adapter is not plain or rank-stabilised LoRA. */
    LoraSpec spec() throws IOException {
        String type = json.path("peft_type").asString("");
        if (!type.equals("LORA")) {
            throw refuse(file, "the adapter is of the type '" + type + "'; only LORA can be read.");
        }
        for (Map.Entry<String, JsonNode> property : json.properties()) {
            if (!KNOWN.contains(property.getKey()) && isSet(property.getValue())) {
                throw refuse(
                        file,
                        "'" + property.getKey() + "' is " + property.getValue()
                                + ", which this engine does not compute.");
            }
        }
        String beginning = json.path("init_lora_weights").asString("");
        if (!HARMLESS_BEGINNINGS.contains(beginning)) {
            throw refuse(
                    file,
                    "'init_lora_weights' is '" + beginning + "', by which peft changes the base's own weights. Save the"
                            + " adapter with path_initial_model_for_weight_conversion: that makes plain LoRA of it.");
        }
        try {
            return new LoraSpec(
                    json.path("r").asInt(0),
                    json.path("lora_alpha").asDouble(0),
                    targets(),
                    json.path("use_rslora").asBoolean(false));
        } catch (IllegalArgumentException e) {
            throw new UserError(ErrorCode.INVALID_MODEL, null, file + ": " + e.getMessage() + ".", e);
        }
    }

    private static boolean isSet(JsonNode value) {
        boolean empty = value.isContainer() && value.isEmpty();
        return !(value.isNull() || empty || (value.isBoolean() && !value.booleanValue()));
    }

    /** The modules by name. Where the file has a pattern or paths through the layers, the tensors say which modules it means. */
    private List<String> targets() throws IOException {
        JsonNode listed = json.path("target_modules");
        List<String> targets = new ArrayList<>();
        listed.forEach(target -> targets.add(target.asString("")));
        boolean paths = targets.stream().anyMatch(target -> target.matches("(.*\\.)?\\d+\\..*"));
        if (!listed.isString() && !paths) {
            return targets;
        }
        targets.removeIf(target -> target.matches("(.*\\.)?\\d+\\..*"));
        try (SafetensorsFile tensors = SafetensorsFile.open(PeftDirectory.weights(directory))) {
            for (String name : tensors.names()) {
                Matcher module = IN_LAYER.matcher(name);
                if (module.matches() && !targets.contains(module.group(1))) {
                    targets.add(module.group(1));
                }
            }
        }
        return targets;
    }

    private static UserError refuse(Path file, String what) {
        return new UserError(ErrorCode.INVALID_MODEL, null, file + ": " + what);
    }
}
