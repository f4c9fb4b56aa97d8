package ai.luthier.engine.train;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** How the rows of one step are divided among threads that compute passes of their own. */
final class Division {

    /**
     * What several threads within each operator gain, as a share of their number. Passes side by side gain all of it: no operator is
     * too small to be divided, and nobody waits for another's part.
     */
    private static final double WITHIN_OPERATORS = 0.8;

    private Division() {}

    /**
     * The row with most work first, each goes to whoever has least; then the fullest part exchanges rows with the emptiest for as long as
     * that brings the two together. Every part keeps the order of the rows. Empty where the parts would come
     * out so unequal, or compute so much twice of what their rows begin with, that one thing after the other is faster.
     *
     * @param lanes threads, at least 1
     * @param work of a row computed alone, in any unit
     * @param cost of rows computed together, in tokens
     */
    static <R> Optional<List<List<R>>> among(
            int lanes, List<R> rows, ToDoubleFunction<R> work, ToLongFunction<List<R>> cost) {
        if (lanes < 2 || rows.size() < lanes) {
            return Optional.empty();
        }
        double[] alone = rows.stream().mapToDouble(work).toArray();
        int[] laneOf = new LaneLoads(lanes, alone).divided();
        List<List<R>> parts = IntStream.range(0, lanes)
                .mapToObj(lane -> IntStream.range(0, rows.size())
                        .filter(row -> laneOf[row] == lane)
                        .<R>mapToObj(rows::get)
                        .toList())
                .toList();
        long longest = parts.stream().mapToLong(cost).max().orElseThrow();
        return longest < cost.applyAsLong(rows) / (lanes * WITHIN_OPERATORS) ? Optional.of(parts) : Optional.empty();
    }
}
