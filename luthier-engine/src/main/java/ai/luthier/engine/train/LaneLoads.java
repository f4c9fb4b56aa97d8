package ai.luthier.engine.train;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Which lane computes which row, and how much work that makes for each: the row with most work first, then exchanges. */
final class LaneLoads {

    /** Of the gap between two lanes: an exchange that closes less of it is none, so that rounding cannot keep the search going. */
    private static final double LEAST_GAIN = 1e-3;

    private static final int NONE = -1;

    private final double[] work;
    private final double[] load;
    private final int[] laneOf;

    /** {@code work} of each row, in any unit. */
    LaneLoads(int lanes, double[] work) {
        this.work = work;
        this.load = new double[lanes];
        this.laneOf = new int[work.length];
    }

    /** The lane of each row, in {@code [0, lanes)}. */
    int[] divided() {
        IntStream.range(0, work.length)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> -work[row]))
                .forEach(row -> {
                    laneOf[row] = emptiest();
                    load[laneOf[row]] += work[row];
                });
        boolean nearer = true;
        while (nearer) {
            nearer = exchange(fullest(), emptiest());
        }
        return laneOf;
    }

    /** The one exchange, a row for a row or for none, that leaves the two lanes nearest to each other; false where none brings them nearer. */
    private boolean exchange(int full, int empty) {
        double gap = load[full] - load[empty];
        double nearest = gap * (1 - LEAST_GAIN);
        int given = NONE;
        int taken = NONE;
        for (int row = 0; row < work.length; row++) {
            for (int other = NONE; other < work.length; other++) {
                double left = Math.abs(gap - 2 * (work[row] - (other == NONE ? 0 : work[other])));
                if (left < nearest && laneOf[row] == full && (other == NONE || laneOf[other] == empty)) {
                    nearest = left;
                    given = row;
                    taken = other;
                }
            }
        }
        if (given == NONE) {
            return false;
        }
        move(given, empty);
        if (taken != NONE) {
            move(taken, full);
        }
        return true;
    }

    private void move(int row, int lane) {
        load[laneOf[row]] -= work[row];
        load[lane] += work[row];
        laneOf[row] = lane;
    }

    private int fullest() {
        int found = 0;
        for (int lane = 1; lane < load.length; lane++) {
            found = load[lane] > load[found] ? lane : found;
        }
        return found;
    }

    private int emptiest() {
        int found = 0;
        for (int lane = 1; lane < load.length; lane++) {
            found = load[lane] < load[found] ? lane : found;
        }
        return found;
    }
}
