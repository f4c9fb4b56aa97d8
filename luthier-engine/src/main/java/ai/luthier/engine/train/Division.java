package ai.luthier.engine.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
     * The longest row first, each goes to whoever has least; every part keeps the order of the rows. Empty where the parts would come
     * out so unequal, or compute so much twice of what their rows begin with, that one thing after the other is faster.
     *
     * @param lanes threads, at least 1
     * @param cost of rows computed together, in tokens
     */
    static <R> Optional<List<List<R>>> among(int lanes, List<R> rows, ToLongFunction<List<R>> cost) {
        if (lanes < 2 || rows.size() < lanes) {
            return Optional.empty();
        }
        long[] alone =
                rows.stream().mapToLong(row -> cost.applyAsLong(List.of(row))).toArray();
        long[] load = new long[lanes];
        int[] laneOf = new int[rows.size()];
        IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparingLong(row -> -alone[row]))
                .forEach(row -> {
                    laneOf[row] = least(load);
                    load[laneOf[row]] += alone[row];
                });
        List<List<R>> parts = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            int own = lane;
            parts.add(IntStream.range(0, rows.size())
                    .filter(row -> laneOf[row] == own)
                    .<R>mapToObj(rows::get)
                    .toList());
        }
        long longest = parts.stream().mapToLong(cost).max().orElseThrow();
        return longest < cost.applyAsLong(rows) / (lanes * WITHIN_OPERATORS) ? Optional.of(parts) : Optional.empty();
    }

    private static int least(long[] load) {
        int least = 0;
        for (int lane = 1; lane < load.length; lane++) {
            least = load[lane] < load[least] ? lane : least;
        }
        return least;
    }
}
