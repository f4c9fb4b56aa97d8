package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One event of a streamed chat answer. All events of a stream share id, time and model.
 *
 * @param choices one element, or none in the event that carries the usage
 * @param usage null where usage was not asked for: the key is then left out
 */
@JsonPropertyOrder({"id", "object", "created", "model", "choices", "usage"})
public record ChatCompletionChunk(
        @JsonProperty("id") String id,
        @JsonProperty("created") long created,
        @JsonProperty("model") String model,
        @JsonProperty("choices") List<Choice> choices,

        @JsonProperty("usage") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        StreamUsage usage,

        @JsonProperty("system_fingerprint") String systemFingerprint) {

    public ChatCompletionChunk {
        choices = List.copyOf(choices);
    }

    @JsonProperty(value = "object", access = JsonProperty.Access.READ_ONLY)
    public String object() {
        return "chat.completion.chunk";
    }

    @JsonProperty(value = "service_tier", access = JsonProperty.Access.READ_ONLY)
    public String serviceTier() {
        return "default";
    }

    /**
     * What one answer gained.
     *
     * @param finishReason null until the answer ends
     */
    public record Choice(
            @JsonProperty("index") int index,
            @JsonProperty("delta") Delta delta,
            @JsonProperty("logprobs") @Nullable ChatLogprobs logprobs,
            @JsonProperty("finish_reason") @Nullable String finishReason) {}

    /** The new part of a message: role and an empty content first, then pieces of content, at last nothing. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Delta(
            @JsonProperty("role") @Nullable String role,
            @JsonProperty("content") @Nullable String content,
            @JsonProperty("tool_calls") @Nullable List<ToolCall> toolCalls) {

        public static final Delta OPENING = new Delta("assistant", "", null);
        public static final Delta NOTHING = new Delta(null, null, null);

        public static Delta content(String piece) {
            return new Delta(null, piece, null);
        }
    }
}
