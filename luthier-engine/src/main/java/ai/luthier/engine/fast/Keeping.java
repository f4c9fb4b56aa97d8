package ai.luthier.engine.fast;

import ai.luthier.engine.model.DecoderSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What every layer of a pass keeps, so that all of it fits into a number of bytes and computing the rest again costs least.
 *
 * <p>A multiple-choice knapsack: every layer takes one of its choices, each with bytes and with the work that it saves. Of the choices
 * only those on the upper hull of saved work over bytes can be best, and going along the hull gives less and less for a byte; so the
 * next best step of any layer is taken as long as one fits [1]. That is the best there is, but for less than one layer's step.
 *
 * <p>[1] Sinha and Zoltners, The Multiple-Choice Knapsack Problem, 1979.
 */
final class Keeping {

    /** Operations of a product that an element of an elementwise pass takes as long as: measured, see docs/benchmarks. */
    private static final double ACTIVATION = 190;

    private static final double PRODUCT = 100;
    private static final double NORM = 80;
    private static final double SOFTMAX = 400;

    /** Products of attention run at about half the rate of others. */
    private static final double ATTENTION = 2;

    private static final List<Kept> BESIDES = List.of(Kept.SCORES, Kept.NORMED, Kept.ACTIVATED, Kept.GATED);

    /** A set of things kept in one layer. */
    record Choice(Set<Kept> kept, long bytes, double saved) {}

    private Keeping() {}

    /**
     * For so many layers of a kind what each keeps.
     *
     * @param tokens of the pass, {@code T}
     * @param scores that one head computes, over all rows
     * @param ranks of all adapted projections of a layer together
     * @param budget in bytes
     */
    static List<Set<Kept>> within(
            long budget,
            DecoderSpec spec,
            int layers,
            int elementBytes,
            long tokens,
            long scores,
            long ranks,
            Set<Kept> allowed) {
        List<Choice> hull = hull(choices(spec, elementBytes, tokens, scores, ranks, allowed));
        int[] step = new int[layers];
        long left = budget;
        // All layers are alike: a step of the hull is taken in every layer before the next, smaller gain.
        for (int next = 1; next < hull.size(); next++) {
            long more = hull.get(next).bytes() - hull.get(next - 1).bytes();
            for (int layer = layers - 1; layer >= 0 && more <= left; layer--) {
                if (step[layer] == next - 1) {
                    step[layer] = next;
                    left -= more;
                }
            }
        }
        List<Set<Kept>> plan = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            plan.add(hull.get(step[layer]).kept());
        }
        return plan;
    }

    /** Nothing, or the layer with any of what is allowed besides. */
    static List<Choice> choices(
            DecoderSpec spec, int elementBytes, long tokens, long scores, long ranks, Set<Kept> allowed) {
        Map<Kept, Long> bytes = TapeBytes.parts(spec, elementBytes, tokens, scores, ranks);
        Map<Kept, Double> work = work(spec, tokens, scores);
        List<Choice> choices = new ArrayList<>();
        choices.add(new Choice(Set.of(), 0, 0));
        for (int bits = 0; bits < 1 << BESIDES.size(); bits++) {
            EnumSet<Kept> kept = EnumSet.of(Kept.LAYER);
            for (int i = 0; i < BESIDES.size(); i++) {
                if (((bits >> i) & 1) == 1) {
                    kept.add(BESIDES.get(i));
                }
            }
            if (allowed.containsAll(kept)) {
                double saved = kept.stream().mapToDouble(work::get).sum();
                choices.add(new Choice(kept, kept.stream().mapToLong(bytes::get).sum(), saved));
            }
        }
        return choices;
    }

    /** Operations that it takes to compute each again when the others are there. */
    private static Map<Kept, Double> work(DecoderSpec spec, long tokens, long scores) {
        double d = spec.width();
        double f = spec.feedForward();
        double queries = (double) spec.heads() * spec.headWidth();
        double keys = (double) spec.keyValueHeads() * spec.headWidth();
        double oneScore = ATTENTION * 2 * spec.headWidth();
        Map<Kept, Double> work = new EnumMap<>(Kept.class);
        work.put(
                Kept.LAYER, 2 * tokens * (d * (2 * queries + 2 * keys) + 2 * d * f) + oneScore * scores * spec.heads());
        work.put(Kept.SCORES, (oneScore + SOFTMAX) * scores * spec.heads());
        work.put(Kept.NORMED, NORM * tokens * 2 * d);
        work.put(Kept.ACTIVATED, ACTIVATION * tokens * f);
        work.put(Kept.GATED, PRODUCT * tokens * f);
        return work;
    }

    /** The choices that save most for their bytes, from nothing upwards, each step for less per byte than the one before. */
    static List<Choice> hull(List<Choice> choices) {
        List<Choice> hull = new ArrayList<>();
        for (Choice choice : choices.stream()
                .sorted(Comparator.comparingLong(Choice::bytes).thenComparingDouble(c -> -c.saved()))
                .toList()) {
            if (!hull.isEmpty() && choice.saved() <= hull.getLast().saved()) {
                continue;
            }
            while (hull.size() > 1
                    && slope(hull.get(hull.size() - 2), hull.getLast()) <= slope(hull.getLast(), choice)) {
                hull.removeLast();
            }
            hull.add(choice);
        }
        return hull;
    }

    private static double slope(Choice from, Choice to) {
        return (to.saved() - from.saved()) / (to.bytes() - from.bytes());
    }
}
