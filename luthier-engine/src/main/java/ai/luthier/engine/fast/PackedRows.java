package ai.luthier.engine.fast;

import ai.luthier.engine.model.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Rows as they lie in one pass, where the tokens that several rows begin with are laid down once [1]: a system prompt, for
 * example. Nothing before a token depends on what follows it, so those tokens have the same states in every row, and a shared
 * token's gradient is the sum of what its rows give.
 *
 * <p>[1] Wang et al., Accelerating Direct Preference Optimization with Prefix Sharing, 2024.
 *
 * @param ids {@code [T]}
 * @param positions of each token in its row, {@code [T]}
 * @param segments ascending, together all tokens; one that others share stands before them
 * @param placeOf where each token of the rows, one row after the other, lies in {@code [0, T)}
 */
record PackedRows(int[] ids, int[] positions, List<Segment> segments, int[] placeOf) {

    /** Shorter common beginnings are not worth their bookkeeping. */
    static final int SHORTEST_SHARED = 16;

    /** Tokens {@code [start, start + length)}, which follow those in {@code [prefixStart, prefixStart + prefixLength)}. */
    record Segment(int prefixStart, int prefixLength, int start, int length) {}

    /** Every row for itself. */
    static PackedRows apart(Rows rows) {
        Builder builder = new Builder(rows);
        for (int row = 0; row < rows.count(); row++) {
            builder.add(row, 0, 0);
        }
        return builder.build();
    }

    /** Rows that begin alike lie together, and what all of them begin with once; in such groups as save most. */
    static PackedRows shared(Rows rows) {
        Builder builder = new Builder(rows);
        List<Integer> all = IntStream.range(0, rows.count()).boxed().toList();
        for (List<Integer> group : alike(rows, all, 0).stream()
                .flatMap(some -> divided(rows, some).stream())
                .toList()) {
            int common = group.size() > 1 ? common(rows, group) : 0;
            int prefix = common < SHORTEST_SHARED ? 0 : common;
            int prefixStart = builder.tokens;
            if (prefix > 0) {
                builder.lay(group.getFirst(), 0, prefix, 0, 0);
            }
            for (int row : group) {
                builder.add(row, prefixStart, prefix);
            }
        }
        return builder.build();
    }

    /** For every place one of the rows' tokens that lies there, {@code [T]}: the way back of {@link #placeOf}. */
    int[] tokenAt() {
        int[] tokens = new int[ids.length];
        for (int token = placeOf.length - 1; token >= 0; token--) {
            tokens[placeOf[token]] = token;
        }
        return tokens;
    }

    /** How many tokens are computed. */
    int tokens() {
        return ids.length;
    }

    /** Groups of rows that have the same tokens at {@code [from, from + SHORTEST_SHARED)}, as far as they go. */
    private static List<List<Integer>> alike(Rows rows, List<Integer> group, int from) {
        Map<List<Integer>, List<Integer>> alike = new LinkedHashMap<>();
        for (int row : group) {
            List<Integer> tokens = Arrays.stream(rows.ids(), rows.starts()[row], rows.starts()[row + 1])
                    .skip(from)
                    .limit(SHORTEST_SHARED)
                    .boxed()
                    .toList();
            alike.computeIfAbsent(tokens, _ -> new ArrayList<>()).add(row);
        }
        return List.copyOf(alike.values());
    }

    /**
     * A group that begins alike, or parts of it where these save more: pairs of answers to long prompts, say, which all begin with one
     * short system prompt. What lies once is one beginning for each row, not a tree of them.
     */
    private static List<List<Integer>> divided(Rows rows, List<Integer> group) {
        if (group.size() < 3) {
            return List.of(group);
        }
        List<List<Integer>> parts = alike(rows, group, common(rows, group));
        if (parts.size() == 1 || parts.size() == group.size()) {
            return List.of(group);
        }
        List<List<Integer>> best =
                parts.stream().flatMap(part -> divided(rows, part).stream()).toList();
        long saved = best.stream().mapToLong(part -> saved(rows, part)).sum();
        return saved > saved(rows, group) ? best : List.of(group);
    }

    /** Tokens that need not be computed where the group's beginning lies once. */
    private static long saved(Rows rows, List<Integer> group) {
        int common = group.size() > 1 ? common(rows, group) : 0;
        return common < SHORTEST_SHARED ? 0 : (group.size() - 1L) * common;
    }

    private static int common(Rows rows, List<Integer> group) {
        int first = rows.starts()[group.getFirst()];
        int common = rows.length(group.getFirst());
        for (int row : group) {
            int start = rows.starts()[row];
            int most = Math.min(common, rows.length(row));
            int equal = Arrays.mismatch(rows.ids(), first, first + most, rows.ids(), start, start + most);
            common = equal < 0 ? most : equal;
        }
        return common;
    }

    private static final class Builder {

        private final Rows rows;
        private final int[] ids;
        private final int[] positions;
        private final int[] placeOf;
        private final List<Segment> segments = new ArrayList<>();
        private int tokens;

        Builder(Rows rows) {
            this.rows = rows;
            this.ids = new int[rows.tokens()];
            this.positions = new int[rows.tokens()];
            this.placeOf = new int[rows.tokens()];
        }

        /** A row of which the prefix lies already. */
        void add(int row, int prefixStart, int prefix) {
            for (int i = 0; i < prefix; i++) {
                placeOf[rows.starts()[row] + i] = prefixStart + i;
            }
            if (rows.length(row) > prefix) {
                lay(row, prefix, rows.length(row), prefixStart, prefix);
            }
        }

        /** Tokens {@code [from, to)} of a row as a segment of their own. */
        void lay(int row, int from, int to, int prefixStart, int prefix) {
            segments.add(new Segment(prefixStart, prefix, tokens, to - from));
            for (int i = from; i < to; i++) {
                int token = rows.starts()[row] + i;
                ids[tokens] = rows.ids()[token];
                positions[tokens] = i;
                placeOf[token] = tokens++;
            }
        }

        PackedRows build() {
            return new PackedRows(Arrays.copyOf(ids, tokens), Arrays.copyOf(positions, tokens), segments, placeOf);
        }
    }
}
