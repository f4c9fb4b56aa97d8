package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the legacy endpoint, whole or one event of a stream: both have the same form.
 *
 * @param id {@code cmpl-…}
 * @param created Unix seconds
 * @param choices in a stream one element, or none in the event that carries the usage
 * @param usage null where usage was not asked for: the key is then left out
 */
@JsonPropertyOrder({"id", "object", "created", "model", "choices", "usage"})
public record Completion(
        @JsonProperty("id") String id,
        @JsonProperty("created") long created,
        @JsonProperty("model") String model,
        @JsonProperty("choices") List<Choice> choices,

        @JsonProperty("usage") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        StreamUsage usage,

        @JsonProperty("system_fingerprint") String systemFingerprint) {

    public Completion {
        choices = List.copyOf(choices);
    }

    @JsonProperty(value = "object", access = JsonProperty.Access.READ_ONLY)
    public String object() {
        return "text_completion";
    }

    /**
     * One text.
     *
     * @param logprobs null unless asked for
     * @param finishReason {@code stop} or {@code length}; null in a stream until the text ends
     */
    public record Choice(
            @JsonProperty("text") String text,
            @JsonProperty("index") int index,
            @JsonProperty("logprobs") @Nullable Logprobs logprobs,
            @JsonProperty("finish_reason") @Nullable String finishReason) {}

    /**
     * Parallel lists over the tokens of a text.
     *
     * @param textOffset where each token starts in the text, in UTF-16 units
     * @param topLogprobs text of each of the likeliest tokens, with its log probability
     */
    public record Logprobs(
            @JsonProperty("tokens") List<String> tokens,
            @JsonProperty("token_logprobs") List<Double> tokenLogprobs,
            @JsonProperty("top_logprobs") List<Map<String, Double>> topLogprobs,
            @JsonProperty("text_offset") List<Integer> textOffset) {}
}
