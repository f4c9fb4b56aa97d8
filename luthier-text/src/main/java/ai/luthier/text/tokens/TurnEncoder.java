package ai.luthier.text.tokens;

import ai.luthier.text.jinja.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Token ids of a rendered conversation such that every turn of the assistant begins on a token border.
 *
 * <p>When a model answers, it continues the ids of a prompt that ends where its turn begins. To be trained on the same thing,
 * the ids of a row up to that place must be exactly the ids of that prompt. So the ids are defined turn by turn. With the
 * borders {@code c₁ < c₂ < …}:
 *
 * <pre>
 * P₁   = ids(text[0, c₁))
 * Pⱼ₊₁ = w            if w = ids(text[0, cⱼ₊₁)) begins with Pⱼ     (nearly always)
 *      = Pⱼ · ids(text[cⱼ, cⱼ₊₁))   else: a token would have straddled cⱼ and is split there
 * </pre>
 *
 * <p>A prompt is the same definition without the last step, hence the prefix property holds by construction, for every
 * template and tokenizer, and for all rows without a straddling token the ids are those of the text in one piece. Immutable.
 */
final class TurnEncoder {

    /** A character that never merges with what follows in vocabularies that begin a text with a dummy space. */
    private static final String ANCHOR = "\n";

    private final TextTokenizer tokenizer;
    private final boolean dummySpace;

    TurnEncoder(TextTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.dummySpace = beginsWithDummySpace(tokenizer);
    }

    /**
     * Ids and where the pieces of the text lie in them.
     *
     * @param borders for each turn the number of ids before it, then the number of all ids
     * @param splits  the turns, by number, at which a token had to be split
     */
    record Encoded(int[] ids, int[] borders, List<Integer> splits) {}

    /** @param turns where the assistant's turns begin, ascending UTF-16 offsets in {@code text} */
    Encoded encode(String text, List<Span> data, List<Integer> turns) {
        int[] ids = {};
        int from = 0;
        int[] borders = new int[turns.size() + 1];
        List<Integer> splits = new ArrayList<>();
        for (int turn = 0; turn <= turns.size(); turn++) {
            int to = turn < turns.size() ? turns.get(turn) : text.length();
            int[] whole = tokenizer.encode(text.substring(0, to), cut(data, 0, to));
            if (startsWith(whole, ids)) {
                ids = whole;
            } else {
                splits.add(turn - 1);
                ids = concatenate(ids, continuation(text.substring(from, to), cut(data, from, to)));
            }
            borders[turn] = ids.length;
            from = to;
        }
        return new Encoded(ids, borders, splits);
    }

    /** Ids of a text that follows another: without the space that the tokenizer puts before the first word of a text. */
    int[] continuation(String text, List<Span> data) {
        if (!dummySpace || text.isEmpty()) {
            return tokenizer.encode(text, data);
        }
        int[] anchor = tokenizer.encode(ANCHOR, false);
        int[] anchored = tokenizer.encode(ANCHOR + text, shift(data, ANCHOR.length()));
        return startsWith(anchored, anchor)
                ? Arrays.copyOfRange(anchored, anchor.length, anchored.length)
                : tokenizer.encode(text, data);
    }

    private static boolean beginsWithDummySpace(TextTokenizer tokenizer) {
        int[] ids = tokenizer.encode("a", false);
        return ids.length > 0 && tokenizer.token(ids[0]).startsWith("\u2581");
    }

    private static boolean startsWith(int[] ids, int[] prefix) {
        return ids.length >= prefix.length && Arrays.equals(ids, 0, prefix.length, prefix, 0, prefix.length);
    }

    static int[] concatenate(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** The spans within {@code [from, to)}, counted from {@code from}. */
    static List<Span> cut(List<Span> spans, int from, int to) {
        List<Span> inside = new ArrayList<>();
        for (Span span : spans) {
            int start = Math.max(span.start(), from);
            int end = Math.min(span.end(), to);
            if (start < end) {
                inside.add(new Span(start - from, end - from));
            }
        }
        return inside;
    }

    private static List<Span> shift(List<Span> spans, int by) {
        return spans.stream()
                .map(span -> new Span(span.start() + by, span.end() + by))
                .toList();
    }
}
