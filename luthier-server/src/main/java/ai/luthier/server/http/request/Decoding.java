package ai.luthier.server.http.request;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an answer is drawn and delivered; what chat and legacy completions have in common.
 *
 * @param temperature 0 to 2; 0 takes the likeliest token
 * @param topP 0 to 1
 * @param seed null: one is made up
 * @param choices answers to each prompt, 1 to 128
 * @param maxTokens at most so many tokens; null: up to the end of the context
 * @param stop at most four strings that end an answer and are not part of it
 * @param logitBias added to the logits of token ids, −100 to 100
 * @param presencePenalty −2 to 2
 * @param frequencyPenalty −2 to 2
 * @param topLogprobs alternatives to report at each position; 0: only the chosen token; −1: no log probabilities
 * @param stream whether the answer goes out as it is made
 * @param includeUsage whether a stream ends with its usage
 */
public record Decoding(
        double temperature,
        double topP,
        @Nullable Long seed,
        int choices,
        @Nullable Integer maxTokens,
        List<String> stop,
        Map<Integer, Double> logitBias,
        double presencePenalty,
        double frequencyPenalty,
        int topLogprobs,
        boolean stream,
        boolean includeUsage) {

    public Decoding {
        stop = List.copyOf(stop);
        logitBias = Map.copyOf(logitBias);
    }
}
