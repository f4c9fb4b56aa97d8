package ai.luthier.engine.generate;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * One answer wanted.
 *
 * @param prompt token ids, at least one
 * @param adapter of the tuned model; empty for the base
 * @param maxTokens at most so many are generated, and never more than the context has room for
 * @param stop strings that end the answer and are not part of it
 * @param stopIds tokens that end the answer and are not part of it
 * @param topLogprobs how many of the likeliest tokens to tell for each position; 0 for the chosen one only, -1 for nothing
 * @param cancelled asked before every token, by the model's thread: must return at once
 */
public record GenerationRequest(
        int[] prompt,
        Optional<AdapterHandle> adapter,
        Sampling sampling,
        int maxTokens,
        List<String> stop,
        Set<Integer> stopIds,
        int topLogprobs,
        BooleanSupplier cancelled) {

    public GenerationRequest {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("a prompt has at least one token");
        }
        if (maxTokens < 0) {
            throw new IllegalArgumentException("maxTokens must not be negative: " + maxTokens);
        }
        if (stop.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("a stop string must not be empty");
        }
        stop = List.copyOf(stop);
        stopIds = Set.copyOf(stopIds);
    }

    /** A request to the base model without stop strings and log-probabilities that nobody cancels. */
    public static GenerationRequest of(int[] prompt, int maxTokens, Sampling sampling, Set<Integer> stopIds) {
        return new GenerationRequest(
                prompt, Optional.empty(), sampling, maxTokens, List.of(), stopIds, -1, () -> false);
    }

    /** The same, to a tuned model. */
    public GenerationRequest with(AdapterHandle tuned) {
        return new GenerationRequest(
                prompt, Optional.of(tuned), sampling, maxTokens, stop, stopIds, topLogprobs, cancelled);
    }
}
