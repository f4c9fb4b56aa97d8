package ai.luthier.engine.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What this engine does not compute, and why: a refusal that names the architecture says more than a list of what is
 * supported. Kinds that are not listed are known by their keys.
 */
final class OtherArchitectures {

    private static final String EXPERTS = "is a mixture of experts";
    private static final String HYBRID = "mixes attention with recurrent or state-space layers, or has none";
    private static final String MULTIMODAL = "reads more than text";
    private static final String ENCODER = "is an encoder, or has one";

    private static final Map<String, Set<String>> BY_REASON = Map.of(
            EXPERTS,
            Set.of(
                    "arctic",
                    "dbrx",
                    "deepseek",
                    "deepseek_v2",
                    "deepseek_v3",
                    "dots1",
                    "ernie4_5_moe",
                    "flex_olmo",
                    "glm4_moe",
                    "gpt_oss",
                    "granitemoe",
                    "granitemoeshared",
                    "grok-1",
                    "hunyuan_v1_moe",
                    "jetmoe",
                    "kimi_k2",
                    "longcat_flash",
                    "minimax_m2",
                    "mixtral",
                    "olmoe",
                    "phimoe",
                    "qwen2_moe",
                    "qwen3_moe"),
            HYBRID,
            Set.of(
                    "bamba",
                    "falcon_h1",
                    "falcon_mamba",
                    "granitemoehybrid",
                    "jamba",
                    "kimi_linear",
                    "lfm2",
                    "lfm2_moe",
                    "mamba",
                    "mamba2",
                    "minimax",
                    "nemotron_h",
                    "olmo_hybrid",
                    "qwen3_next",
                    "recurrent_gemma",
                    "rwkv",
                    "xlstm",
                    "zamba",
                    "zamba2"),
            MULTIMODAL,
            Set.of(
                    "gemma3",
                    "gemma3n",
                    "gemma4",
                    "idefics2",
                    "idefics3",
                    "internvl",
                    "llama4",
                    "llava",
                    "llava_next",
                    "mistral3",
                    "mllama",
                    "paligemma",
                    "phi3_v",
                    "phi4_multimodal",
                    "pixtral",
                    "qwen2_5_omni",
                    "qwen2_5_vl",
                    "qwen2_audio",
                    "qwen2_vl",
                    "qwen3_vl",
                    "qwen3_vl_moe",
                    "smolvlm",
                    "whisper"),
            ENCODER,
            Set.of(
                    "bart",
                    "bert",
                    "deberta-v2",
                    "distilbert",
                    "mbart",
                    "modernbert",
                    "mt5",
                    "roberta",
                    "t5",
                    "t5gemma"));

    private static final Map<String, List<String>> KEYS = Map.of(
            EXPERTS, List.of("num_local_experts", "num_experts", "n_routed_experts", "moe_intermediate_size"),
            HYBRID, List.of("mamba_d_state", "ssm_cfg", "state_size", "linear_num_key_heads"),
            MULTIMODAL, List.of("vision_config", "audio_config", "image_token_id", "image_token_index"));

    private OtherArchitectures() {}

    /** What such a model is, where it is known not to be a plain decoder: the rest of a sentence about it. */
    static Optional<String> description(String modelType, JsonNode config) {
        for (Map.Entry<String, Set<String>> listed : BY_REASON.entrySet()) {
            if (listed.getValue().contains(modelType)) {
                return Optional.of(listed.getKey());
            }
        }
        if (config.path("is_encoder_decoder").asBoolean(false)) {
            return Optional.of(ENCODER);
        }
        for (String reason : List.of(MULTIMODAL, HYBRID, EXPERTS)) {
            if (KEYS.getOrDefault(reason, List.of()).stream()
                    .anyMatch(key -> !config.path(key).isMissingNode()
                            && !config.path(key).isNull())) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
