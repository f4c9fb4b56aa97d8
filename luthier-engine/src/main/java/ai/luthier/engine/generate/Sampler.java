package ai.luthier.engine.generate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Chooses the tokens of one answer. All arithmetic is in double precision and in index order, so a choice depends on the scores
 * and the seed alone.
 *
 * <p>Not thread-safe; one for each answer.
 */
final class Sampler {

    /** Below this a temperature is 0: dividing by it would only overflow. */
    private static final double COLD = 1e-5;

    private final Sampling sampling;
    private final RandomGenerator random;
    private final Map<Integer, Integer> generated = new HashMap<>();

    Sampler(Sampling sampling) {
        this.sampling = sampling;
        // java.util.Random is specified to the bit, so a seed means the same on every Java.
        this.random = new java.util.Random(sampling.seed());
    }

    /** The next token. {@code scores} [V] are changed. */
    int next(float[] scores) {
        sampling.logitBias().forEach((id, bias) -> {
            if (id >= 0 && id < scores.length) {
                scores[id] += (float) (double) bias;
            }
        });
        generated.forEach((id, times) ->
                scores[id] -= (float) (sampling.presencePenalty() + times * sampling.frequencyPenalty()));
        int id = sampling.temperature() < COLD || sampling.topP() == 0 ? best(scores) : draw(scores);
        generated.merge(id, 1, Integer::sum);
        return id;
    }

    /** What the model thinks of the chosen token, and of the {@code top} likeliest ones. */
    static TokenLogprob logprob(float[] scores, int chosen, int top) {
        double normaliser = logSumExp(scores);
        var alternatives = new ArrayList<TokenLogprob.Alternative>();
        for (int id : likeliest(scores, top)) {
            alternatives.add(new TokenLogprob.Alternative(id, scores[id] - normaliser));
        }
        return new TokenLogprob(chosen, scores[chosen] - normaliser, alternatives);
    }

    private int draw(float[] scores) {
        double highest = scores[best(scores)];
        var weights = new double[scores.length];
        double total = 0;
        for (int id = 0; id < scores.length; id++) {
            weights[id] = Math.exp((scores[id] - highest) / sampling.temperature());
            total += weights[id];
        }
        if (sampling.topP() < 1) {
            total = keepNucleus(weights, total, sampling.topP());
        }
        double point = random.nextDouble() * total;
        int last = 0;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] > 0) {
                last = id;
                point -= weights[id];
                if (point < 0) {
                    break;
                }
            }
        }
        return last;
    }

    /**
     * Sets every weight to zero that is not needed to reach {@code share} of the total, largest first; returns the sum of the
     * others. Weights under the average of what may be cut are cut without sorting: all of them together are less than
     * that, so the others reach the share without them.
     */
    private static double keepNucleus(double[] weights, double total, double share) {
        double negligible = total * (1 - share) / weights.length;
        var candidates = new ArrayList<Integer>();
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] >= negligible) {
                candidates.add(id);
            } else {
                weights[id] = 0;
            }
        }
        // The sort is stable: equal weights stay in the order of their ids.
        candidates.sort((a, b) -> Double.compare(weights[b], weights[a]));
        double sum = 0;
        for (int id : candidates) {
            if (sum >= total * share) {
                weights[id] = 0;
            } else {
                sum += weights[id];
            }
        }
        return sum;
    }

    /** The {@code count} highest scores' ids, best first, of equal ones the smaller id first. */
    private static List<Integer> likeliest(float[] scores, int count) {
        var best = new ArrayList<Integer>();
        for (int id = 0; id < scores.length && count > 0; id++) {
            if (best.size() == count && scores[id] <= scores[best.getLast()]) {
                continue;
            }
            int place = best.size();
            while (place > 0 && scores[id] > scores[best.get(place - 1)]) {
                place--;
            }
            best.add(place, id);
            if (best.size() > count) {
                best.removeLast();
            }
        }
        return best;
    }

    private static int best(float[] scores) {
        int best = 0;
        for (int id = 1; id < scores.length; id++) {
            if (scores[id] > scores[best]) {
                best = id;
            }
        }
        return best;
    }

    private static double logSumExp(float[] scores) {
        double highest = scores[best(scores)];
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score - highest);
        }
        return highest + Math.log(sum);
    }
}
