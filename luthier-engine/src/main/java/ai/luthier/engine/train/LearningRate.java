package ai.luthier.engine.train;

/**
 * A linear rise over the first steps and a linear fall to zero over the others, exactly as {@code transformers}'
 * {@code get_linear_schedule_with_warmup}: with a warm-up the very first step has rate 0, and the rate after the last step
 * would be 0.
 *
 * @param peak the rate at the end of the warm-up
 * @param warmup steps of the rise
 * @param total steps in all
 */
record LearningRate(double peak, int warmup, int total) {

    /** With a warm-up of this share of all steps, rounded up. */
    static LearningRate withWarmupRatio(double peak, double ratio, int total) {
        return new LearningRate(peak, (int) Math.ceil(ratio * total), total);
    }

    /** The rate of a step, counted from 0. */
    double at(int step) {
        double share = step < warmup
                ? (double) step / warmup
                : Math.max(0, (double) (total - step) / Math.max(1, total - warmup));
        return peak * share;
    }
}
