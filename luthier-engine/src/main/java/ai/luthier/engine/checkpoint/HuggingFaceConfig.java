package ai.luthier.engine.checkpoint;

import ai.luthier.api.UserError;
import ai.luthier.engine.model.AttentionSpec;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.RopeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code config.json} of a model directory, read into a {@link DecoderSpec} and written from one. */
final class HuggingFaceConfig {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private HuggingFaceConfig() {}

    /** The parsed file; {@code UserError(INVALID_MODEL)} where it is absent or not an object. */
    static JsonNode parse(Path file) {
        if (!Files.exists(file)) {
            throw WeightFiles.refuse(file, "is not there. A model directory needs the config.json of transformers.");
        }
        try {
            JsonNode json = JSON.readTree(SmallFiles.read(file));
            if (!json.isObject()) {
                throw WeightFiles.refuse(file, "is not a JSON object.");
            }
            return json;
        } catch (JacksonException e) {
            throw NotJson.refuse(file, e);
        } catch (IOException e) {
            throw WeightFiles.unreadable(file, e);
        }
    }

    /** The family that the file names; refused by name where this engine does not compute it. */
    static Family family(Path file, JsonNode json) {
        String modelType = json.path("model_type").asString("");
        Family family = Family.of(modelType).orElseThrow(() -> unsupported(file, modelType, json));
        for (JsonNode architecture : json.path("architectures")) {
            if (!family.architecture().equals(architecture.asString(""))) {
                throw WeightFiles.refuse(
                        file,
                        "the architecture " + architecture + " is not supported; of the family " + modelType + " only "
                                + family.architecture() + " is a language model.");
            }
        }
        return family;
    }

    private static UserError unsupported(Path file, String modelType, JsonNode json) {
        String supported = String.join(", ", new TreeSet<>(Family.ALL.keySet())) + ".";
        if (modelType.isEmpty()) {
            return WeightFiles.refuse(
                    file, "has no 'model_type', which names the architecture; these are supported: " + supported);
        }
        String why = OtherArchitectures.description(modelType, json)
                .map(description -> "the architecture '" + modelType + "' (model_type) " + description
                        + ", which this engine does not compute; these are supported: ")
                .orElse("the architecture '" + modelType + "' (model_type) is not supported; these are: ");
        return WeightFiles.refuse(file, why + supported);
    }

    /** What the model computes. Every key that is unknown, missing or not computable is named in one error. */
    static DecoderSpec spec(Path file, JsonNode json) {
        ConfigReader reader = new ConfigReader(file, json);
        reader.ignoreNeutral(Family.NEUTRAL);
        DecoderSpec spec;
        try {
            spec = family(file, json).reader().apply(reader);
        } catch (IllegalArgumentException e) {
            throw reader.stopped(e);
        }
        reader.finish();
        return spec;
    }

    /** The ids that end an answer, from {@code eos_token_id} of a configuration, a number or a list. */
    static Set<Integer> stopIds(Path file, JsonNode json) {
        JsonNode eos = json.path("eos_token_id");
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode id : eos.isArray() ? eos : List.of(eos)) {
            if (id.isMissingNode() || id.isNull()) {
                continue;
            }
            if (!id.isIntegralNumber() || !id.canConvertToInt()) {
                throw WeightFiles.refuse(
                        file, "'eos_token_id' must be the id of a token or a list of such, not " + eos + ".");
            }
            ids.add(id.intValue());
        }
        return ids;
    }

    /**
     * A {@code config.json} from which transformers and llama.cpp build the same model. Only plain Llamas can be made from
     * nothing; others come from a directory, whose file is copied.
     */
    static byte[] write(DecoderSpec spec, String dtype, Map<String, Object> tokenIds) {
        RopeSpec rope = spec.layer(0).rope();
        if (rope == null || !plain(spec, rope)) {
            throw new IllegalArgumentException("only a plain Llama can be written as a new configuration, not " + spec);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("architectures", new String[] {"LlamaForCausalLM"});
        json.put("model_type", "llama");
        json.put("vocab_size", spec.vocabulary());
        json.put("hidden_size", spec.width());
        json.put("intermediate_size", spec.feedForward());
        json.put("num_hidden_layers", spec.layers());
        json.put("num_attention_heads", spec.heads());
        json.put("num_key_value_heads", spec.keyValueHeads());
        json.put("head_dim", spec.headWidth());
        json.put("max_position_embeddings", spec.context());
        json.put("rms_norm_eps", spec.norm().epsilon());
        json.put("rope_theta", rope.theta());
        json.put("hidden_act", "silu");
        json.put("tie_word_embeddings", spec.tiedHead());
        json.put("attention_bias", spec.attention().inputBias());
        json.put("mlp_bias", spec.gating().bias());
        json.putAll(tokenIds);
        json.put("torch_dtype", dtype);
        return JSON.writeValueAsBytes(json);
    }

    /** Whether the keys above say everything about this decoder. */
    private static boolean plain(DecoderSpec spec, RopeSpec rope) {
        boolean bias = spec.attention().inputBias();
        AttentionSpec attention = new AttentionSpec(bias, bias, AttentionSpec.QueryKeyNorm.NONE, 0);
        return spec.equals(spec.plain(rope.theta(), attention, spec.gating().bias()));
    }
}
