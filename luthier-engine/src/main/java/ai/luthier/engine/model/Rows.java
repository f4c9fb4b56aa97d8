package ai.luthier.engine.model;

import java.util.List;

/**
 * The rows of one forward pass, lying side by side: row {@code i} is {@code ids[starts[i], starts[i+1])}. There is no
 * padding, so the cells computed are the tokens given.
 *
 * @param ids token ids of all rows, {@code [T]}
 * @param starts where each row begins, and {@code T} at the end; strictly ascending
 */
public record Rows(int[] ids, int[] starts) {

    public Rows {
        if (starts.length < 2 || starts[0] != 0 || starts[starts.length - 1] != ids.length) {
            throw new IllegalArgumentException("rows must cover the " + ids.length + " tokens, at least one of them");
        }
        for (int i = 1; i < starts.length; i++) {
            if (starts[i] <= starts[i - 1]) {
                throw new IllegalArgumentException("row " + (i - 1) + " has no tokens");
            }
        }
    }

    /** One row. */
    public static Rows of(int... ids) {
        return new Rows(ids.clone(), new int[] {0, ids.length});
    }

    /** Several rows, in this order. */
    public static Rows of(List<int[]> rows) {
        int[] starts = new int[rows.size() + 1];
        for (int i = 0; i < rows.size(); i++) {
            starts[i + 1] = starts[i] + rows.get(i).length;
        }
        int[] ids = new int[starts[rows.size()]];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, ids, starts[i], rows.get(i).length);
        }
        return new Rows(ids, starts);
    }

    public int count() {
        return starts.length - 1;
    }

    public int tokens() {
        return ids.length;
    }

    public int length(int row) {
        return starts[row + 1] - starts[row];
    }

    /** The number of tokens of the longest row. */
    public int longest() {
        int longest = 0;
        for (int row = 0; row < count(); row++) {
            longest = Math.max(longest, length(row));
        }
        return longest;
    }
}
