package ai.luthier.engine.model;

/**
 * What a decoder-only transformer is, apart from the values of its weights. Layer {@code l} computes
 *
 * <pre>
 *   x = x + O · attention(rope(Q·n), rope(K·n), V·n)     with n = rmsNorm(x)
 *   x = x + Down · (silu(Gate·n) ⊙ Up·n)                 with n = rmsNorm(x)
 * </pre>
 *
 * @param vocabulary rows of the embedding, {@code V}
 * @param width of the residual stream, {@code d}
 * @param feedForward width between Gate/Up and Down, {@code f}
 * @param layers how many
 * @param heads of queries, {@code H}; a multiple of {@code keyValueHeads}
 * @param keyValueHeads {@code K}; query heads {@code [g·G, (g+1)·G)} share head {@code g}, {@code G = H/K}
 * @param headWidth {@code h}, even; {@code H·h} need not be {@code d}
 * @param context the longest row the model was made for, in tokens
 * @param normEpsilon added to the mean square in every norm
 * @param ropeTheta base of the rotary frequencies, {@code θ^(-2i/h)}
 * @param tiedHead whether the output head is the embedding itself
 * @param attentionBias whether Q, K, V and O have biases
 * @param feedForwardBias whether Gate, Up and Down have biases
 */
public record DecoderSpec(
        int vocabulary,
        int width,
        int feedForward,
        int layers,
        int heads,
        int keyValueHeads,
        int headWidth,
        int context,
        double normEpsilon,
        double ropeTheta,
        boolean tiedHead,
        boolean attentionBias,
        boolean feedForwardBias) {

    public DecoderSpec {
        positive("vocabulary", vocabulary);
        positive("width", width);
        positive("feedForward", feedForward);
        positive("layers", layers);
        positive("heads", heads);
        positive("keyValueHeads", keyValueHeads);
        positive("headWidth", headWidth);
        positive("context", context);
        require(heads % keyValueHeads == 0, heads + " heads cannot share " + keyValueHeads + " key-value heads");
        require(headWidth % 2 == 0, "the width of a head must be even, not " + headWidth);
        require(normEpsilon >= 0 && normEpsilon < 1, "normEpsilon " + normEpsilon + " is not in [0, 1)");
        require(ropeTheta > 0 && ropeTheta < 1e12, "ropeTheta " + ropeTheta + " is not in (0, 1e12)");
    }

    /** A plain Llama: no biases, tied head, ε 1e-5, θ 10,000, heads of {@code width / heads}. */
    public static DecoderSpec llama(
            int vocabulary, int width, int feedForward, int layers, int heads, int keyValueHeads, int context) {
        return new DecoderSpec(
                vocabulary,
                width,
                feedForward,
                layers,
                heads,
                keyValueHeads,
                width / heads,
                context,
                1e-5,
                10_000,
                true,
                false,
                false);
    }

    /** {@code G}: how many query heads share one key-value head. */
    public int group() {
        return heads / keyValueHeads;
    }

    /** The number of weights; a tied head counts once. */
    public long parameters() {
        return WeightNames.shapes(this).values().stream()
                .mapToLong(shape -> {
                    long elements = 1;
                    for (long size : shape) {
                        elements *= size;
                    }
                    return elements;
                })
                .sum();
    }

    private static void positive(String name, int value) {
        require(value > 0, name + " must be positive, not " + value);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
