package ai.luthier.engine.checkpoint;

import ai.luthier.engine.model.DecoderSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * How one family of models writes its {@code config.json}. A new family is a new constant of {@link #ALL}: a reader of its
 * keys, and the weights of its files that carry nothing. What its weights are called is in the spec.
 *
 * @param modelType the value of {@code model_type}
 * @param architecture the one name among a file's architectures that is a plain language model of this family
 * @param reader from keys to spec; what it does not ask for is refused
 * @param ignoredWeights the ends of names of tensors that are computed anyway
 * @param prefix which some files leave out in front of every name but the head's; empty where none do
 * @param otherHead another name of the output head in files; empty where there is none
 */
record Family(
        String modelType,
        String architecture,
        Function<ConfigReader, DecoderSpec> reader,
        List<String> ignoredWeights,
        String prefix,
        String otherHead) {

    /** Keys that say nothing about the computation of logits. Dropout acts in training only, and Luthier trains without. */
    static final Set<String> INERT = Set.of(
            "architectures",
            "model_type",
            "_name_or_path",
            "name_or_path",
            "transformers_version",
            "torch_dtype",
            "dtype",
            "use_cache",
            "cache_implementation",
            "initializer_range",
            "bos_token_id",
            "eos_token_id",
            "pad_token_id",
            "unk_token_id",
            "sep_token_id",
            "tokenizer_class",
            "auto_map",
            "is_llama_config",
            "transformers.js_config",
            "output_attentions",
            "output_hidden_states",
            "return_dict",
            "_attn_implementation",
            "_attn_implementation_autoset",
            "_flash_attn_2_enabled",
            "attention_dropout",
            "gradient_checkpointing",
            "id2label",
            "label2id",
            "problem_type",
            "task_specific_params",
            "chunk_size_feed_forward",
            "is_decoder",
            "decoder_start_token_id",
            "finetuning_task",
            "prefix",
            "tf_legacy_loss",
            "torchscript",
            "use_bfloat16",
            // how tokens are drawn: transformers 4 wrote these here too
            "bad_words_ids",
            "begin_suppress_tokens",
            "diversity_penalty",
            "do_sample",
            "early_stopping",
            "encoder_no_repeat_ngram_size",
            "exponential_decay_length_penalty",
            "forced_bos_token_id",
            "forced_eos_token_id",
            "length_penalty",
            "max_length",
            "min_length",
            "no_repeat_ngram_size",
            "num_beam_groups",
            "num_beams",
            "num_return_sequences",
            "output_scores",
            "remove_invalid_values",
            "repetition_penalty",
            "return_dict_in_generate",
            "suppress_tokens",
            "temperature",
            "top_k",
            "top_p",
            "typical_p",
            "unsloth_fixed",
            "unsloth_version");

    /** Keys that say nothing where they have this value, by the value as JSON. With another they are a family's own matter. */
    static final Map<String, String> NEUTRAL = Map.of(
            "add_cross_attention", "false",
            "attention_bias", "false",
            "is_encoder_decoder", "false",
            "mlp_bias", "false",
            "pruned_heads", "{}",
            "tie_encoder_decoder", "false",
            "use_mrope", "false",
            "use_sliding_window", "false");

    private static final List<String> ROTARY = List.of("rotary_emb.inv_freq");

    static final Map<String, Family> ALL = byType(
            plain("llama", "LlamaForCausalLM", LlamaFamilies::llama),
            plain("mistral", "MistralForCausalLM", LlamaFamilies::mistral),
            plain("qwen2", "Qwen2ForCausalLM", LlamaFamilies::qwen2),
            plain("qwen3", "Qwen3ForCausalLM", LlamaFamilies::qwen3),
            plain("smollm3", "SmolLM3ForCausalLM", LlamaFamilies::smollm3),
            plain("olmo2", "Olmo2ForCausalLM", LlamaFamilies::olmo2),
            plain("phi3", "Phi3ForCausalLM", LlamaFamilies::phi3),
            plain("gemma2", "Gemma2ForCausalLM", GemmaFamilies::gemma2),
            plain("gemma3_text", "Gemma3ForCausalLM", GemmaFamilies::gemma3),
            new Family(
                    "gpt2",
                    "GPT2LMHeadModel",
                    GptFamilies::gpt2,
                    List.of(".attn.bias", ".attn.masked_bias"),
                    "transformer.",
                    ""),
            new Family(
                    "gpt_neox",
                    "GPTNeoXForCausalLM",
                    GptFamilies::gptNeox,
                    List.of(".attention.bias", ".attention.masked_bias", "rotary_emb.inv_freq"),
                    "",
                    "lm_head.weight"));

    private static Family plain(String modelType, String architecture, Function<ConfigReader, DecoderSpec> reader) {
        return new Family(modelType, architecture, reader, ROTARY, "", "");
    }

    private static Map<String, Family> byType(Family... families) {
        Map<String, Family> byType = new LinkedHashMap<>();
        for (Family family : families) {
            byType.put(family.modelType(), family);
        }
        return byType;
    }

    static Optional<Family> of(String modelType) {
        return Optional.ofNullable(ALL.get(modelType));
    }

    /** Whether a tensor of this name carries nothing that the forward pass needs. */
    boolean ignores(String name) {
        return ignoredWeights.stream().anyMatch(name::endsWith);
    }
}
