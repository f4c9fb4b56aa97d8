package ai.luthier.server.serving;

import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * One answer to be generated.
 *
 * @param prompt token ids, at least one
 * @param temperature 0 to 2; 0 takes the likeliest token
 * @param topP 0 to 1
 * @param logitBias added to the logits of token ids
 * @param maxTokens at most so many tokens, with the prompt within the context
 * @param stop strings that end the answer and are not part of it
 * @param topLogprobs alternatives to score at each position; 0: only the chosen token; −1: no scores
 * @param cancelled asked between tokens; true ends the answer
 */
@SuppressWarnings("ArrayRecordComponent") // Built for one call and never compared.
public record Ask(
        int[] prompt,
        double temperature,
        double topP,
        long seed,
        Map<Integer, Double> logitBias,
        double presencePenalty,
        double frequencyPenalty,
        int maxTokens,
        List<String> stop,
        int topLogprobs,
        BooleanSupplier cancelled) {

    public Ask {
        logitBias = Map.copyOf(logitBias);
        stop = List.copyOf(stop);
    }

    /** The likeliest continuation, without extras. */
    public static Ask plain(int[] prompt, int maxTokens) {
        return new Ask(prompt, 0, 1, 0, Map.of(), 0, 0, maxTokens, List.of(), -1, () -> false);
    }
}
