package ai.luthier.engine.model;

/**
 * The norms of a decoder, all of one kind.
 *
 * @param kind of statistic
 * @param epsilon added to the mean square, or to the variance
 * @param offset whether the weight is stored as its difference from one, {@code y = (1 + w) ⊙ x̂}
 * @param wide whether the weight multiplies before the result is rounded to the decoder's type, instead of after
 * @param placement where in a layer they stand
 */
public record NormSpec(Kind kind, double epsilon, boolean offset, boolean wide, Placement placement) {

    /** Root mean square without a bias, or mean and variance with one. */
    public enum Kind {
        RMS,
        LAYER
    }

    /** Where a block {@code f} (attention, feed-forward) is normed. */
    public enum Placement {
        /** {@code x + f(norm(x))}. */
        BEFORE,
        /** {@code x + norm(f(x))}. */
        AFTER,
        /** {@code x + norm'(f(norm(x)))}. */
        AROUND
    }

    public NormSpec {
        if (!(epsilon >= 0 && epsilon < 1)) {
            throw new IllegalArgumentException("the epsilon of the norms, " + epsilon + ", is not in [0, 1)");
        }
    }

    /** Root-mean-square norms before each block, as in Llama. */
    public static NormSpec rms(double epsilon) {
        return new NormSpec(Kind.RMS, epsilon, false, false, Placement.BEFORE);
    }

    boolean before() {
        return placement != Placement.AFTER;
    }

    boolean after() {
        return placement != Placement.BEFORE;
    }
}
