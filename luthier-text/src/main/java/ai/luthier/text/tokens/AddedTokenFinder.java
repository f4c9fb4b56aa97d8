package ai.luthier.text.tokens;

import ai.luthier.text.jinja.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the strings of control tokens in a text, leftmost and longest first, as the tokenizer does. Immutable.
 */
final class AddedTokenFinder {

    /** An added token's string in a text: its place in the list of added tokens, and the half-open range it covers. */
    record Match(int token, int start, int end) {}

    private final List<AddedToken> added;
    private final Map<Character, List<Integer>> byFirst = new HashMap<>();

    AddedTokenFinder(List<AddedToken> added) {
        this.added = added;
        for (int i = 0; i < added.size(); i++) {
            if (!added.get(i).content().isEmpty()) {
                byFirst.computeIfAbsent(added.get(i).content().charAt(0), _ -> new ArrayList<>())
                        .add(i);
            }
        }
        byFirst.values()
                .forEach(tokens -> tokens.sort(Comparator.comparingInt(
                                (Integer token) -> added.get(token).content().length())
                        .reversed()));
    }

    /** Matches that touch no character of {@code data}, and those that do, each in their order. */
    record Found(List<Match> control, List<Match> inData) {}

    Found find(String text, List<Span> data) {
        List<Match> control = new ArrayList<>();
        List<Match> inData = new ArrayList<>();
        int span = 0;
        int at = 0;
        while (at < text.length()) {
            int token = longestAt(text, at);
            if (token < 0) {
                at++;
                continue;
            }
            int end = at + added.get(token).content().length();
            while (span < data.size() && data.get(span).end() <= at) {
                span++;
            }
            boolean touched = span < data.size() && data.get(span).start() < end;
            (touched ? inData : control).add(new Match(token, at, end));
            at = touched ? at + 1 : end; // behind a string in data another may begin that the template wrote
        }
        return new Found(control, inData);
    }

    private int longestAt(String text, int at) {
        for (int token : byFirst.getOrDefault(text.charAt(at), List.of())) {
            if (text.startsWith(added.get(token).content(), at)) {
                return token;
            }
        }
        return -1;
    }
}
