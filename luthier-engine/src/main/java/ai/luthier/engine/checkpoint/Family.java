package ai.luthier.engine.checkpoint;

import ai.luthier.engine.model.DecoderSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * How one family of models writes its {@code config.json}. A new family is a new constant of {@link #ALL}: a reader of its
 * keys, and the weights of its files that carry nothing.
 *
 * @param modelType the value of {@code model_type}
 * @param architectures the values of {@code architectures} that are a plain language model of this family
 * @param reader from keys to spec; what it does not ask for is refused
 * @param ignoredWeights the ends of names of tensors that are computed anyway
 */
record Family(
        String modelType,
        Set<String> architectures,
        Function<ConfigReader, DecoderSpec> reader,
        List<String> ignoredWeights) {

    /** Keys that say nothing about the computation of logits. */
    private static final Set<String> INERT = Set.of(
            "architectures",
            "model_type",
            "_name_or_path",
            "name_or_path",
            "transformers_version",
            "torch_dtype",
            "dtype",
            "use_cache",
            "initializer_range",
            "bos_token_id",
            "eos_token_id",
            "pad_token_id",
            "unk_token_id",
            "is_llama_config",
            "transformers.js_config",
            "output_attentions",
            "output_hidden_states",
            "return_dict");

    private static final Family LLAMA =
            new Family("llama", Set.of("LlamaForCausalLM"), Family::llama, List.of("rotary_emb.inv_freq"));

    static final Map<String, Family> ALL = Map.of(LLAMA.modelType(), LLAMA);

    static Optional<Family> of(String modelType) {
        return Optional.ofNullable(ALL.get(modelType));
    }

    private static DecoderSpec llama(ConfigReader config) {
        config.ignore(INERT);
        config.only("hidden_act", "silu");
        config.only("attention_dropout", 0);
        config.only("pretraining_tp", 1);
        config.only("rope_interleaved", "false");
        int width = config.integer("hidden_size");
        int heads = config.integer("num_attention_heads");
        int headWidth = config.integer("head_dim", Math.max(1, width / heads));
        if (!config.has("head_dim") && width % heads != 0) {
            config.complain("'hidden_size' " + width + " is not a multiple of 'num_attention_heads' " + heads);
        }
        return new DecoderSpec(
                config.integer("vocab_size"),
                width,
                config.integer("intermediate_size"),
                config.integer("num_hidden_layers"),
                heads,
                config.integer("num_key_value_heads", heads),
                headWidth,
                config.integer("max_position_embeddings", 2048),
                config.number("rms_norm_eps", 1e-6),
                ropeTheta(config),
                config.flag("tie_word_embeddings", false),
                config.flag("attention_bias", false),
                config.flag("mlp_bias", false));
    }

    /** {@code rope_theta} at the top (until transformers 4) or in {@code rope_parameters} (since 5); no scaling yet. */
    private static double ropeTheta(ConfigReader config) {
        double theta = config.number("rope_theta", 10_000);
        for (String key : List.of("rope_scaling", "rope_parameters")) {
            ConfigReader rope = config.object(key);
            rope.only("rope_type", "default");
            rope.only("type", "default");
            theta = rope.number("rope_theta", theta);
            config.absorb(key, rope);
        }
        return theta;
    }
}
