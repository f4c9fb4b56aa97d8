package ai.luthier.engine.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Fills passes with the units of one lane: the longest first, each into the first pass with room for it, the first-fit decreasing rule of
 * bin packing. Passes come out fewer and fuller than in the units' order, and the largest is the first, so that those after it fit
 * into the memory it leaves.
 */
final class Filling {

    private Filling() {}

    /** A unit and what it costs in a pass of its own. */
    private record Alone<U>(U unit, long tokens) {}

    /**
     * Passes that cost at most {@code most} or hold a single unit; in the units' own order where that computes fewer tokens, because
     * neighbours begin alike.
     *
     * @param cost of units computed together, in tokens
     */
    static <U> List<List<U>> passes(List<U> units, long most, ToLongFunction<List<U>> cost) {
        List<List<U>> ordered = GradientStep.passes(units, most, cost);
        List<List<U>> filled = firstFit(units, most, cost);
        return total(filled, cost) <= total(ordered, cost) ? filled : ordered;
    }

    private static <U> List<List<U>> firstFit(List<U> units, long most, ToLongFunction<List<U>> cost) {
        List<List<U>> passes = new ArrayList<>();
        units.stream()
                .map(unit -> new Alone<>(unit, cost.applyAsLong(List.of(unit))))
                .sorted(Comparator.comparingLong(alone -> -alone.tokens()))
                .map(Alone::unit)
                .forEach(unit -> {
                    for (List<U> pass : passes) {
                        pass.add(unit);
                        if (cost.applyAsLong(pass) <= most) {
                            return;
                        }
                        pass.removeLast();
                    }
                    passes.add(new ArrayList<>(List.of(unit)));
                });
        return passes;
    }

    private static <U> long total(List<List<U>> passes, ToLongFunction<List<U>> cost) {
        return passes.stream().mapToLong(cost).sum();
    }
}
