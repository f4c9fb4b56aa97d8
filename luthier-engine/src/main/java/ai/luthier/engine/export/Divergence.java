package ai.luthier.engine.export;

/** Running figures of how two models differ in what they expect next. */
final class Divergence {

    boolean finite = true;
    int positions;
    int sameTop1;
    double largest;
    double difference;
    double maxKl;
    private double sumKl;

    /** One position: the logits {@code [V]} of both. */
    void add(float[] expected, float[] actual) {
        int best = 0;
        int otherBest = 0;
        for (int i = 0; i < expected.length; i++) {
            finite &= Float.isFinite(expected[i]) && Float.isFinite(actual[i]);
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
            best = expected[i] > expected[best] ? i : best;
            otherBest = actual[i] > actual[otherBest] ? i : otherBest;
        }
        double kl = divergence(expected, actual);
        positions++;
        sameTop1 += best == otherBest ? 1 : 0;
        sumKl += kl;
        maxKl = Math.max(maxKl, kl);
    }

    double meanKl() {
        return sumKl / Math.max(1, positions);
    }

    /** {@code Σ p·(ln p - ln q)}; rounding can leave it a hair below zero, which it is not. */
    private static double divergence(float[] expected, float[] actual) {
        double p = logSum(expected);
        double q = logSum(actual);
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            double logP = expected[i] - p;
            sum += Math.exp(logP) * (logP - (actual[i] - q));
        }
        return Math.max(0, sum);
    }

    private static double logSum(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }
}
