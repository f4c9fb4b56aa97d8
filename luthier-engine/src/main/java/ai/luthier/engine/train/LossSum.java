package ai.luthier.engine.train;

/**
 * What a model says about supervised tokens, summed so that parts can be added.
 *
 * @param negativeLogLikelihood in nats
 * @param correct tokens than which none was likelier
 * @param tokens supervised tokens
 */
record LossSum(double negativeLogLikelihood, long correct, long tokens) {

    static final LossSum ZERO = new LossSum(0, 0, 0);

    LossSum plus(LossSum other) {
        return new LossSum(
                negativeLogLikelihood + other.negativeLogLikelihood, correct + other.correct, tokens + other.tokens);
    }

    /** Mean loss in nats per supervised token. */
    double loss() {
        return negativeLogLikelihood / tokens;
    }

    /** Share of supervised tokens than which none was likelier, [0, 1]. */
    double accuracy() {
        return (double) correct / tokens;
    }
}
