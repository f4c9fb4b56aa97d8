package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole chat answer.
 *
 * @param id {@code chatcmpl-…}
 * @param created Unix seconds
 * @param model the model that answered: an alias is written as its snapshot
 */
@JsonPropertyOrder({"id", "object", "created", "model", "choices", "usage"})
public record ChatCompletion(
        @JsonProperty("id") String id,
        @JsonProperty("created") long created,
        @JsonProperty("model") String model,
        @JsonProperty("choices") List<Choice> choices,
        @JsonProperty("usage") Usage usage,
        @JsonProperty("system_fingerprint") String systemFingerprint) {

    public ChatCompletion {
        choices = List.copyOf(choices);
    }

    @JsonProperty(value = "object", access = JsonProperty.Access.READ_ONLY)
    public String object() {
        return "chat.completion";
    }

    @JsonProperty(value = "service_tier", access = JsonProperty.Access.READ_ONLY)
    public String serviceTier() {
        return "default";
    }

    /**
     * One of the {@code n} answers.
     *
     * @param logprobs null unless asked for
     * @param finishReason {@code stop}, {@code length} or {@code tool_calls}
     */
    public record Choice(
            @JsonProperty("index") int index,
            @JsonProperty("message") Message message,
            @JsonProperty("logprobs") @Nullable ChatLogprobs logprobs,
            @JsonProperty("finish_reason") String finishReason) {}

    /**
     * What the model said.
     *
     * @param content the text; null where the answer is tool calls alone
     * @param toolCalls null where there are none
     */
    @JsonPropertyOrder({"role", "content", "refusal"})
    public record Message(
            @JsonProperty("content") @Nullable String content,

            @JsonProperty("tool_calls") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<ToolCall> toolCalls) {

        @JsonProperty(value = "role", access = JsonProperty.Access.READ_ONLY)
        public String role() {
            return "assistant";
        }

        /** Always null, and required by the schema. */
        @JsonProperty(value = "refusal", access = JsonProperty.Access.READ_ONLY)
        public @Nullable String refusal() {
            return null;
        }

        @JsonProperty(value = "annotations", access = JsonProperty.Access.READ_ONLY)
        public List<Object> annotations() {
            return List.of();
        }
    }
}
