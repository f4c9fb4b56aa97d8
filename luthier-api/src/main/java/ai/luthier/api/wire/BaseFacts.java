package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the weights of a base are, and what training them takes.
 *
 * @param architecture of the family, as {@code model_type} names it
 * @param parameters a tied head counts once
 * @param dtype of the weights in their file: {@code fp32}, {@code fp16} or {@code bf16}
 * @param context tokens that the model was made for
 * @param template the chat template: {@code own}, the path of a file that replaces it, or {@code none}
 * @param licence as the directory states it; null where it says nothing
 * @param training the ways to train it; empty where it cannot be trained
 * @param memoryAvailable bytes that one training process may need on this machine
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BaseFacts(
        @JsonProperty("architecture") String architecture,
        @JsonProperty("parameters") long parameters,
        @JsonProperty("dtype") String dtype,
        @JsonProperty("context") int context,
        @JsonProperty("template") String template,
        @JsonProperty("licence") @Nullable String licence,
        @JsonProperty("training") List<Method> training,
        @JsonProperty("memory_available") long memoryAvailable) {

    /**
     * A way to train.
     *
     * @param method {@code lora} of rank 16; {@code lora+recompute}, which computes activations again instead of keeping them; {@code
     *     last_layers}, a quarter of them; {@code full}; {@code dpo}, LoRA on pairs of such rows
     * @param memory bytes, for rows of up to {@code rowTokens} in any batch
     * @param rowTokens tokens of a row
     * @param memoryOfShortRows bytes, for rows of a few tokens, one in a batch: the least that a job needs
     * @param fits whether {@code memory} is there
     */
    public record Method(
            @JsonProperty("method") String method,
            @JsonProperty("memory") long memory,
            @JsonProperty("row_tokens") int rowTokens,
            @JsonProperty("memory_of_short_rows") long memoryOfShortRows,
            @JsonProperty("fits") boolean fits) {}

    public BaseFacts {
        training = List.copyOf(training);
    }
}
