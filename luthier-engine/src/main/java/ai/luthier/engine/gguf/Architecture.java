package ai.luthier.engine.gguf;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.model.AttentionSpec;
import ai.luthier.engine.model.AttentionSpec.QueryKeyNorm;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.RopeSpec;
import ai.luthier.engine.model.WeightNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * How llama.cpp names what a family consists of. This table is all that depends on the family: a new one is a new constant, if
 * llama.cpp computes it.
 *
 * <p>llama.cpp's {@code llama} turns neighbouring elements of a head, where Hugging Face turns an element with the one half a head
 * away. Rows of Q and K are therefore put in another order: row {@code 2i + p} of a head is row {@code p·h/2 + i} there.
 */
public enum Architecture {
    LLAMA("llama", true),
    QWEN2("qwen2", false),
    QWEN3("qwen3", false);

    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)\\.(weight|bias)");

    /** Hugging Face's names to llama.cpp's, inside a layer. */
    private static final Map<String, String> MODULES = Map.ofEntries(
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"));

    private static final Map<String, String> OUTSIDE = Map.of(
            "model.embed_tokens.weight", "token_embd.weight",
            "model.norm.weight", "output_norm.weight",
            "lm_head.weight", "output.weight");

    /** What {@link #configure} reads, and what says nothing about the computation. */
    private static final Set<String> KEYS = Set.of(
            "vocab_size",
            "context_length",
            "embedding_length",
            "block_count",
            "feed_forward_length",
            "attention.head_count",
            "attention.head_count_kv",
            "attention.key_length",
            "attention.value_length",
            "attention.layer_norm_rms_epsilon",
            "rope.dimension_count",
            "rope.freq_base");

    private final String id;
    private final boolean turnsNeighbours;

    Architecture(String id, boolean turnsNeighbours) {
        this.id = id;
        this.turnsNeighbours = turnsNeighbours;
    }

    /** The values of {@code model_type} that are computed so; the first is written when a file is taken apart. */
    private List<String> modelTypes() {
        return switch (this) {
            case LLAMA -> List.of("llama", "mistral");
            case QWEN2 -> List.of("qwen2");
            case QWEN3 -> List.of("qwen3");
        };
    }

    /** The value of {@code general.architecture}. */
    public String id() {
        return id;
    }

    /** The one of a {@code model_type}. @throws UserError (UNSUPPORTED_VALUE) where no GGUF file can be written for it */
    public static Architecture ofModelType(String modelType) {
        for (Architecture one : values()) {
            if (one.modelTypes().contains(modelType)) {
                return one;
            }
        }
        throw new UserError(
                ErrorCode.UNSUPPORTED_VALUE,
                "format",
                "Models of the type '" + modelType + "' cannot be written as GGUF yet. Export safetensors, and convert"
                        + " these with llama.cpp's convert_hf_to_gguf.py.");
    }

    static Optional<Architecture> of(String id) {
        for (Architecture one : values()) {
            if (one.id.equals(id)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /**
     * A weight under both of its names.
     *
     * @param shape as Hugging Face orders it
     * @param heads how many heads its rows belong to where they are put in another order, else 0
     */
    public record Weight(String ggufName, String name, long[] shape, int heads) {

        public Weight {
            shape = shape.clone();
        }

        /** The row, counted as Hugging Face does, that stands at {@code row} in a GGUF file. */
        public long source(long row) {
            if (heads == 0) {
                return row;
            }
            long width = shape[0] / heads;
            long within = row % width;
            return row - within + within % 2 * (width / 2) + within / 2;
        }
    }

    /**
     * Every weight of such a model, in the order of the forward pass.
     *
     * @throws UserError (UNSUPPORTED_VALUE) where the model computes what these files cannot say
     */
    public List<Weight> weights(DecoderSpec spec) {
        requirePlain(spec);
        List<Weight> weights = new ArrayList<>();
        WeightNames.shapes(spec).forEach((name, shape) -> {
            String outside = OUTSIDE.get(name);
            weights.add(outside != null ? new Weight(outside, name, shape, 0) : inLayer(name, shape, spec));
        });
        return weights;
    }

    /** The same decoder without windows, scaled ropes and whatever else is not written; what is left out must not be there. */
    private void requirePlain(DecoderSpec spec) {
        boolean bias = spec.attention().inputBias();
        AttentionSpec attention = switch (this) {
            case LLAMA -> new AttentionSpec(bias, bias, QueryKeyNorm.NONE, 0);
            case QWEN2 -> new AttentionSpec(true, false, QueryKeyNorm.NONE, 0);
            case QWEN3 -> new AttentionSpec(false, false, QueryKeyNorm.HEAD, 0);
        };
        DecoderSpec plain = spec.plain(
                theta(spec), attention, this == LLAMA && spec.gating().bias());
        if (!plain.equals(spec)) {
            throw new UserError(
                    ErrorCode.UNSUPPORTED_VALUE,
                    "format",
                    "This model of the type '" + modelTypes().getFirst() + "' has windows, a scaled rope, another"
                            + " activation or biases than is usual, or layers that differ, which are not written as GGUF yet."
                            + " Export safetensors, and convert these with llama.cpp's convert_hf_to_gguf.py.");
        }
    }

    private static double theta(DecoderSpec spec) {
        RopeSpec rope = spec.layer(0).rope();
        return rope == null ? 10_000 : rope.theta();
    }

    private Weight inLayer(String name, long[] shape, DecoderSpec spec) {
        Matcher parts = LAYER.matcher(name);
        String module = parts.matches() ? MODULES.get(parts.group(2)) : null;
        if (module == null) {
            throw new UserError(
                    ErrorCode.UNSUPPORTED_VALUE, "format", "llama.cpp's '" + id + "' has no place for " + name + ".");
        }
        int heads = switch (module) {
            case "attn_q" -> spec.heads();
            case "attn_k" -> spec.keyValueHeads();
            default -> 0;
        };
        return new Weight(
                "blk." + parts.group(1) + "." + module + "." + parts.group(3),
                name,
                shape,
                turnsNeighbours ? heads : 0);
    }

    /** The way back of {@link #parameters}: the keys of {@code config.json}. */
    void configure(ObjectNode config, GgufFile file) {
        refuseUnknown(file);
        long heads = needed(file, "attention.head_count");
        long width = needed(file, "embedding_length");
        long headWidth = whole(file, "attention.key_length").orElse(width / Math.max(1, heads));
        config.putArray("architectures")
                .add(
                        switch (this) {
                            case LLAMA -> "LlamaForCausalLM";
                            case QWEN2 -> "Qwen2ForCausalLM";
                            case QWEN3 -> "Qwen3ForCausalLM";
                        });
        config.put("model_type", modelTypes().getFirst());
        config.put("vocab_size", vocabulary(file));
        config.put("hidden_size", width);
        config.put("intermediate_size", needed(file, "feed_forward_length"));
        config.put("num_hidden_layers", needed(file, "block_count"));
        config.put("num_attention_heads", heads);
        config.put("num_key_value_heads", whole(file, "attention.head_count_kv").orElse(heads));
        config.put("head_dim", headWidth);
        config.put("max_position_embeddings", needed(file, "context_length"));
        config.put("rms_norm_eps", real(file, "attention.layer_norm_rms_epsilon", 1e-5));
        config.put("rope_theta", real(file, "rope.freq_base", 10_000));
        config.put("hidden_act", "silu");
        if (this == LLAMA) {
            config.put("attention_bias", file.tensors().containsKey("blk.0.attn_q.bias"));
            config.put("mlp_bias", file.tensors().containsKey("blk.0.ffn_gate.bias"));
        }
        if (whole(file, "rope.dimension_count").orElse(headWidth) != headWidth) {
            throw GgufHeader.refuse(
                    file.path(),
                    "turns only a part of every head (" + id + ".rope.dimension_count), which is not read.");
        }
    }

    /** A key that changes the computation must never be passed over. */
    private void refuseUnknown(GgufFile file) {
        List<String> unknown = file.metadata().keySet().stream()
                .filter(key -> key.startsWith(id + "."))
                .filter(key -> !KEYS.contains(key.substring(id.length() + 1)))
                .toList();
        if (!unknown.isEmpty()) {
            throw GgufHeader.refuse(
                    file.path(),
                    "has keys that may change what the model computes and are not supported: " + unknown + ".");
        }
    }

    /** Rows of the embedding, which may be more than the tokens. */
    private static long vocabulary(GgufFile file) {
        GgufTensor embedding = file.tensors().get("token_embd.weight");
        if (embedding == null || embedding.shape().length != 2) {
            throw GgufHeader.refuse(file.path(), "has no matrix token_embd.weight.");
        }
        return embedding.rows();
    }

    private long needed(GgufFile file, String key) {
        return whole(file, key)
                .orElseThrow(() -> GgufHeader.refuse(file.path(), "has no number under " + id + "." + key + "."));
    }

    private Optional<Long> whole(GgufFile file, String key) {
        return file.whole(id + "." + key);
    }

    private double real(GgufFile file, String key, double otherwise) {
        return file.metadata().get(id + "." + key) instanceof GgufValue.Real(double value)
                ? new java.math.BigDecimal(Float.toString((float) value)).doubleValue()
                : otherwise;
    }

    /** The keys that say how the model computes. */
    public Map<String, GgufValue> parameters(DecoderSpec spec) {
        Map<String, GgufValue> keys = new LinkedHashMap<>();
        keys.put(id + ".vocab_size", new GgufValue.Whole(spec.vocabulary()));
        keys.put(id + ".context_length", new GgufValue.Whole(spec.context()));
        keys.put(id + ".embedding_length", new GgufValue.Whole(spec.width()));
        keys.put(id + ".block_count", new GgufValue.Whole(spec.layers()));
        keys.put(id + ".feed_forward_length", new GgufValue.Whole(spec.feedForward()));
        keys.put(id + ".attention.head_count", new GgufValue.Whole(spec.heads()));
        keys.put(id + ".attention.head_count_kv", new GgufValue.Whole(spec.keyValueHeads()));
        keys.put(id + ".attention.key_length", new GgufValue.Whole(spec.headWidth()));
        keys.put(id + ".attention.value_length", new GgufValue.Whole(spec.headWidth()));
        keys.put(
                id + ".attention.layer_norm_rms_epsilon",
                new GgufValue.Real(spec.norm().epsilon()));
        keys.put(id + ".rope.dimension_count", new GgufValue.Whole(spec.headWidth()));
        keys.put(id + ".rope.freq_base", new GgufValue.Real(theta(spec)));
        return keys;
    }
}
