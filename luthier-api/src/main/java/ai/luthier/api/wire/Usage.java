package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Tokens of one request.
 *
 * @param promptTokens tokens the model read
 * @param completionTokens tokens the model wrote, over all choices
 */
public record Usage(
        @JsonProperty("prompt_tokens") int promptTokens,
        @JsonProperty("completion_tokens") int completionTokens) {

    @JsonProperty(value = "total_tokens", access = JsonProperty.Access.READ_ONLY)
    public int totalTokens() {
        return promptTokens + completionTokens;
    }

    @JsonProperty(value = "prompt_tokens_details", access = JsonProperty.Access.READ_ONLY)
    public PromptDetails promptDetails() {
        return new PromptDetails(0, 0);
    }

    @JsonProperty(value = "completion_tokens_details", access = JsonProperty.Access.READ_ONLY)
    public CompletionDetails completionDetails() {
        return new CompletionDetails(0, 0, 0, 0);
    }

    /** Always zero here; clients read the fields. */
    public record PromptDetails(
            @JsonProperty("cached_tokens") int cached,
            @JsonProperty("audio_tokens") int audio) {}

    /** Always zero here; clients read the fields. */
    public record CompletionDetails(
            @JsonProperty("reasoning_tokens") int reasoning,
            @JsonProperty("audio_tokens") int audio,
            @JsonProperty("accepted_prediction_tokens") int accepted,
            @JsonProperty("rejected_prediction_tokens") int rejected) {}
}
