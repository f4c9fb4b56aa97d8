package ai.luthier.engine.generate;

import java.util.Map;

/**
 * How the next token is chosen from the scores, in this order: bias and penalties are added to the scores, temperature divides
 * them, {@code topP} cuts the tail, then one token is drawn.
 *
 * @param temperature 0 takes the best token always; 1 is the model's own distribution; at most 2
 * @param topP in (0, 1]: only the smallest set of tokens whose probabilities reach this is drawn from
 * @param seed of the draws; equal seeds and requests give equal answers
 * @param logitBias added to a token's score, by id
 * @param presencePenalty subtracted once from the score of every token already generated; in [-2, 2]
 * @param frequencyPenalty subtracted for each time a token was generated; in [-2, 2]
 */
public record Sampling(
        double temperature,
        double topP,
        long seed,
        Map<Integer, Double> logitBias,
        double presencePenalty,
        double frequencyPenalty) {

    public Sampling {
        require(temperature >= 0 && temperature <= 2, "temperature", temperature, "[0, 2]");
        require(topP >= 0 && topP <= 1, "topP", topP, "[0, 1]");
        require(Math.abs(presencePenalty) <= 2, "presencePenalty", presencePenalty, "[-2, 2]");
        require(Math.abs(frequencyPenalty) <= 2, "frequencyPenalty", frequencyPenalty, "[-2, 2]");
        logitBias = Map.copyOf(logitBias);
    }

    /** Always the best token. */
    public static Sampling greedy() {
        return new Sampling(0, 1, 0, Map.of(), 0, 0);
    }

    /** The model's distribution at a temperature. */
    public static Sampling at(double temperature, long seed) {
        return new Sampling(temperature, 1, seed, Map.of(), 0, 0);
    }

    private static void require(boolean condition, String name, double value, String range) {
        if (!condition) {
            throw new IllegalArgumentException(name + " must be in " + range + ", not " + value);
        }
    }
}
