package ai.luthier.engine.export;

import ai.luthier.engine.tensor.Dtype;

/**
 * How far weights may have moved on their way into a format, and with them the logits.
 *
 * <p>A weight that is rounded moves by at most its unit roundoff {@code u}, relatively. Errors of different weights are independent
 * and largely cancel, while depth adds them up; so the logits are allowed some times {@code u} of the largest logit: twice as often as
 * the worst of twenty random models of all families needed. A wrong permutation, scale or tensor moves them by about as much as the
 * largest logit itself, and a smaller fault shows in the mean KL divergence, which single positions hardly move.
 *
 * <p>A quantised format has no such bound. There the mean KL divergence of the next token must stay below a limit that only a damaged
 * file exceeds; the figure itself is for the reader.
 */
enum Rounding {
    /** The same numbers in the same type. */
    NONE(0x1p-24, 8, 1e-6),
    /** An adapter added in, in fp32: no weight is rounded further, but every product of the pass is another one. */
    F32(0x1p-24, 256, 1e-6),
    F16(0x1p-11, 32, 1e-3),
    BF16(0x1p-8, 32, 1e-2),
    EIGHT_BITS(0, 0, 0.5),
    FOUR_BITS(0, 0, 4);

    /** Unit roundoffs of the largest logit by which those of ordinary models differ; models of random weights need more. */
    private static final double USUAL = 8;

    private final double unit;
    private final double allowance;
    private final double klLimit;

    Rounding(double unit, double allowance, double klLimit) {
        this.unit = unit;
        this.allowance = allowance;
        this.klLimit = klLimit;
    }

    /** What a weight goes through that is computed in fp32 and stored in this type. */
    static Rounding of(Dtype dtype) {
        return switch (dtype) {
            case FP32 -> F32;
            case FP16 -> F16;
            case BF16 -> BF16;
        };
    }

    boolean lossless() {
        return unit > 0;
    }

    /** How much a logit may differ where the largest one of the reference is {@code largest}; infinite where weights are quantised. */
    double tolerance(double largest) {
        return lossless() ? allowance * unit * largest : Double.POSITIVE_INFINITY;
    }

    /** Two logits that lie nearer to each other may change places, where the largest one of the reference is {@code largest}; 0 where weights are quantised. */
    double tie(double largest) {
        return USUAL * unit * largest;
    }

    /** Mean KL divergence in nats that an export may have. */
    double klLimit() {
        return klLimit;
    }
}
