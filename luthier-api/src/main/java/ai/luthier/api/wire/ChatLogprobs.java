package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Log probabilities of the tokens of one chat choice, in their order. */
public record ChatLogprobs(@JsonProperty("content") List<Token> content) {

    public ChatLogprobs {
        content = List.copyOf(content);
    }

    /** Always null: models here do not refuse in a field of their own. */
    @JsonProperty(value = "refusal", access = JsonProperty.Access.READ_ONLY)
    public @Nullable List<Token> refusal() {
        return null;
    }

    /**
     * A token that was sampled.
     *
     * @param token its text; a replacement character where the token is a part of a character
     * @param logprob natural logarithm of its probability, at most 0
     * @param bytes its bytes as numbers 0 to 255
     * @param top the most likely tokens at this position, at most 20, the likeliest first
     */
    public record Token(
            @JsonProperty("token") String token,
            @JsonProperty("logprob") double logprob,
            @JsonProperty("bytes") List<Integer> bytes,
            @JsonProperty("top_logprobs") List<Alternative> top) {}

    /** A token that could have been sampled. */
    public record Alternative(
            @JsonProperty("token") String token,
            @JsonProperty("logprob") double logprob,
            @JsonProperty("bytes") List<Integer> bytes) {}
}
