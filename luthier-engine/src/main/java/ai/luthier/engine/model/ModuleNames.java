package ai.luthier.engine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Under which names the weights of a family of models lie, without {@code .weight} and {@code .bias}. The names are those of
 * the modules in {@code transformers}, so peft's target modules and tensor names follow from them.
 *
 * @param embedding of the tokens
 * @param positions the learned embedding of positions; empty where the family has none
 * @param finalNorm after the last layer
 * @param head the output head, where it is not tied
 * @param layers what stands before the number of a layer, {@code model.layers.}
 * @param modules the projections by their names within a layer
 * @param attentionNorms the norms before and after attention within a layer; an empty name where there is none
 * @param feedForwardNorms the same of the feed-forward block
 * @param queryNorm of the queries, where they are normed
 * @param keyNorm of the keys, where they are normed
 * @param transposed whether the files hold the projections as {@code [in, out]} (the Conv1D of GPT-2)
 * @param headwise whether a fused QUERY_KEY_VALUE has query, key and value of one head next to one another (GPT-NeoX),
 *     instead of all queries, then all keys, then all values
 */
public record ModuleNames(
        String embedding,
        String positions,
        String finalNorm,
        String head,
        String layers,
        Map<Projection, String> modules,
        Pair attentionNorms,
        Pair feedForwardNorms,
        String queryNorm,
        String keyNorm,
        boolean transposed,
        boolean headwise) {

    /** Two names, of which one may be empty. */
    public record Pair(String before, String after) {}

    private static final Map<Projection, String> SEPARATE = Map.of(
            Projection.QUERY, "self_attn.q_proj",
            Projection.KEY, "self_attn.k_proj",
            Projection.VALUE, "self_attn.v_proj",
            Projection.OUTPUT, "self_attn.o_proj",
            Projection.GATE, "mlp.gate_proj",
            Projection.UP, "mlp.up_proj",
            Projection.DOWN, "mlp.down_proj");

    /** Llama and most others. */
    public static final ModuleNames LLAMA =
            decoder(SEPARATE, new Pair("input_layernorm", ""), new Pair("post_attention_layernorm", ""));

    /** Norms on both sides of each block: Gemma 2 and 3. */
    public static final ModuleNames GEMMA = decoder(
            SEPARATE,
            new Pair("input_layernorm", "post_attention_layernorm"),
            new Pair("pre_feedforward_layernorm", "post_feedforward_layernorm"));

    /** Norms after each block: OLMo 2. */
    public static final ModuleNames OLMO2 =
            decoder(SEPARATE, new Pair("", "post_attention_layernorm"), new Pair("", "post_feedforward_layernorm"));

    /** Fused projections: Phi-3 and Phi-4. */
    public static final ModuleNames PHI3 = decoder(
            Map.of(
                    Projection.QUERY_KEY_VALUE, "self_attn.qkv_proj",
                    Projection.OUTPUT, "self_attn.o_proj",
                    Projection.GATE_UP, "mlp.gate_up_proj",
                    Projection.DOWN, "mlp.down_proj"),
            new Pair("input_layernorm", ""),
            new Pair("post_attention_layernorm", ""));

    public static final ModuleNames GPT2 = new ModuleNames(
            "transformer.wte",
            "transformer.wpe",
            "transformer.ln_f",
            "lm_head",
            "transformer.h.",
            Map.of(
                    Projection.QUERY_KEY_VALUE, "attn.c_attn",
                    Projection.OUTPUT, "attn.c_proj",
                    Projection.UP, "mlp.c_fc",
                    Projection.DOWN, "mlp.c_proj"),
            new Pair("ln_1", ""),
            new Pair("ln_2", ""),
            "",
            "",
            true,
            false);

    public static final ModuleNames GPT_NEOX = new ModuleNames(
            "gpt_neox.embed_in",
            "",
            "gpt_neox.final_layer_norm",
            "embed_out",
            "gpt_neox.layers.",
            Map.of(
                    Projection.QUERY_KEY_VALUE, "attention.query_key_value",
                    Projection.OUTPUT, "attention.dense",
                    Projection.UP, "mlp.dense_h_to_4h",
                    Projection.DOWN, "mlp.dense_4h_to_h"),
            new Pair("input_layernorm", ""),
            new Pair("post_attention_layernorm", ""),
            "",
            "",
            false,
            true);

    public ModuleNames {
        modules = Map.copyOf(modules);
    }

    private static ModuleNames decoder(Map<Projection, String> modules, Pair attentionNorms, Pair feedForwardNorms) {
        return new ModuleNames(
                "model.embed_tokens",
                "",
                "model.norm",
                "lm_head",
                "model.layers.",
                modules,
                attentionNorms,
                feedForwardNorms,
                "self_attn.q_norm",
                "self_attn.k_norm",
                false,
                false);
    }

    /** The projections that the files hold, in the order in which they are computed. */
    public List<Projection> projections() {
        List<Projection> present = new ArrayList<>();
        for (Projection projection : Projection.values()) {
            if (modules.containsKey(projection)) {
                present.add(projection);
            }
        }
        return present;
    }

    /** {@code model.layers.3.self_attn.q_proj} and so on. */
    public String path(int layer, Projection projection) {
        String module = modules.get(projection);
        if (module == null) {
            throw new IllegalArgumentException("this family has no projection " + projection);
        }
        return inLayer(layer, module);
    }

    /** {@code q_proj} and so on: the spelling of peft's {@code target_modules}. */
    public String target(Projection projection) {
        String path = path(0, projection);
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** The full name of a module that is called {@code module} within its layer. */
    public String inLayer(int layer, String module) {
        return layers + layer + "." + module;
    }
}
