package ai.luthier.api.money;

/**
 * Tokens that were used and are billed; each number at least 0.
 *
 * @param training tokens trained, every epoch counted
 * @param input tokens of prompts
 * @param output tokens generated
 */
public record TokenUsage(long training, long input, long output) {

    public static final TokenUsage NONE = new TokenUsage(0, 0, 0);

    public TokenUsage {
        if (training < 0 || input < 0 || output < 0) {
            throw new IllegalArgumentException("tokens are not negative: " + training + ", " + input + ", " + output);
        }
    }

    /** The usage of a training run: all tokens of its rows as trained, times the epochs. */
    public static TokenUsage ofTraining(long tokensPerEpoch, int epochs) {
        return new TokenUsage(Math.multiplyExact(tokensPerEpoch, epochs), 0, 0);
    }

    /** The usage of one chat or completion call. */
    public static TokenUsage ofCall(long input, long output) {
        return new TokenUsage(0, input, output);
    }

    public TokenUsage plus(TokenUsage other) {
        return new TokenUsage(
                Math.addExact(training, other.training),
                Math.addExact(input, other.input),
                Math.addExact(output, other.output));
    }

    /** Everything together. */
    public long total() {
        return Math.addExact(training, Math.addExact(input, output));
    }
}
