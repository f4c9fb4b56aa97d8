package ai.luthier.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds what somebody probably meant: the names with the smallest edit distance. Stateless. */
public final class Nearest {

    private Nearest() {}

    /** The name nearest to {@code typed}; empty where there are no names. */
    public static Optional<String> to(String typed, Collection<String> names) {
        return list(typed, names, 1).stream().findFirst();
    }

    /** The {@code count} names nearest to {@code typed}, nearest first; names at the same distance in their own order. */
    public static List<String> list(String typed, Collection<String> names, int count) {
        return names.stream()
                .sorted(Comparator.comparingInt((String name) -> distance(typed, name)))
                .limit(count)
                .toList();
    }

    /** Levenshtein distance: insertions, deletions and replacements that turn one into the other, with one row of the table. */
    static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
