package ai.luthier.text.data;

import ai.luthier.text.data.Problem.Kind;
import ai.luthier.text.data.Problem.Severity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys that mean nothing to training, gathered over the whole file so that a million rows with an {@code id} give one
 * warning. Not safe for several threads.
 */
final class UnknownKeys {

    private static final List<String> ROW_KEYS = List.of(
            "messages",
            "tools",
            "functions",
            "parallel_tool_calls",
            "prompt",
            "completion",
            "input",
            "preferred_output",
            "non_preferred_output");
    private static final List<String> MESSAGE_KEYS =
            List.of("role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call");
    private static final int MOST = 100;

    private record Place(boolean ofMessage, String key) {}

    private static final class Sightings {
        private int firstLine;
        private int rows;
    }

    private final Map<Place, Sightings> seen = new LinkedHashMap<>();

    void add(boolean ofMessage, String key, int line) {
        Place place = new Place(ofMessage, key);
        Sightings sightings = seen.get(place);
        if (sightings == null) {
            if (seen.size() == MOST) {
                return;
            }
            sightings = new Sightings();
            sightings.firstLine = line;
            seen.put(place, sightings);
        }
        sightings.rows++;
    }

    void report(ProblemSink sink) {
        seen.forEach((place, sightings) -> {
            String known =
                    nearest(place).map(key -> " Did you mean \"" + key + "\"?").orElse("");
            String detail = (place.ofMessage ? "Key of a message" : "Key of a row") + " without a meaning, ignored"
                    + (sightings.rows == 1 ? "." : " (" + sightings.rows + " times from here on).") + known;
            sink.accept(new Problem(Severity.WARNING, Kind.UNKNOWN_KEY, sightings.firstLine, 0, place.key, detail));
        });
    }

    private static Optional<String> nearest(Place place) {
        List<String> known = place.ofMessage ? MESSAGE_KEYS : ROW_KEYS;
        return known.stream()
                .filter(key -> distance(key, place.key.toLowerCase(java.util.Locale.ROOT)) <= 2)
                .findFirst();
    }

    /** Levenshtein's edit distance, counting 3 for strings whose lengths are further apart than 2. */
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 2) {
            return 3;
        }
        int[] above = new int[b.length() + 1];
        java.util.Arrays.setAll(above, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int swap = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(swap, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
