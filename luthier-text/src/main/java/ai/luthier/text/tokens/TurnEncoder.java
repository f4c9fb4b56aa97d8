package ai.luthier.text.tokens;

import ai.luthier.text.jinja.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Token ids of a rendered conversation such that every turn of the assistant begins and ends on a token border.
 *
 * <p>When a model answers, it continues the ids of a prompt that ends where its turn begins. To be trained on the same thing,
 * the ids of a row up to that place must be exactly the ids of that prompt. So the ids are defined from border to border. With
 * the borders {@code c₁ < c₂ < …} of the turns:
 *
 * <pre>
 * P₁   = ids(text[0, c₁))
 * Pⱼ₊₁ = w            if w = ids(text[0, cⱼ₊₁)) begins with Pⱼ     (nearly always)
 *      = Pⱼ · ids(text[cⱼ, cⱼ₊₁))   else: a token would have straddled cⱼ and is split there
 * </pre>
 *
 * <p>A prompt is the same definition over fewer borders, hence the prefix property holds by construction, for every template
 * and tokenizer, and for all rows without a straddling token the ids are those of the text in one piece. To stay linear in the
 * text, it is cut first where the tokenizer cuts it anyway ({@link TextTokenizer#breaks}), and each piece is treated alone.
 * Immutable.
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
     * @param borders for each border the number of ids before it, then the number of all ids
     * @param splits the borders, by number from 0, at which a token had to be split
     */
    record Encoded(int[] ids, int[] borders, List<Integer> splits) {}

    /** @param turns where the assistant's turns begin and end, ascending UTF-16 offsets in {@code text} */
    Encoded encode(String text, List<Span> data, List<Integer> turns) {
        Pieces pieces = new Pieces(text, data, turns);
        int from = 0;
        for (int next : tokenizer.breaks(text, data)) {
            if (next > from) {
                pieces.add(from, next);
                from = next;
            }
        }
        pieces.add(from, text.length());
        return pieces.encoded();
    }

    /** The ids of one text, put together piece by piece. */
    private final class Pieces {

        private final String text;
        private final List<Span> data;
        private final List<Integer> turns;
        private final int[] borders;
        private final List<Integer> splits = new ArrayList<>();
        private int[] ids = {};
        private int turn;

        Pieces(String text, List<Span> data, List<Integer> turns) {
            this.text = text;
            this.data = data;
            this.turns = turns;
            this.borders = new int[turns.size() + 1];
        }

        /** Adds the ids of {@code [from, to)}, whose neighbours have no influence on them. */
        void add(int from, int to) {
            int base = from;
            int[] whole = ids(base, to, false);
            for (; turn < turns.size() && turns.get(turn) < to; turn++) {
                int border = turns.get(turn);
                int[] before = ids(base, border, base > from);
                if (!startsWith(whole, before)) {
                    splits.add(turn);
                    ids = concatenate(ids, before);
                    base = border;
                    before = new int[0];
                    whole = ids(base, to, true);
                }
                borders[turn] = ids.length + before.length;
            }
            ids = concatenate(ids, whole);
        }

        private int[] ids(int from, int to, boolean continues) {
            String piece = text.substring(from, to);
            List<Span> inside = cut(data, from, to);
            return continues ? continuation(piece, inside) : tokenizer.encode(piece, inside);
        }

        Encoded encoded() {
            while (turn < borders.length) {
                borders[turn++] = ids.length;
            }
            return new Encoded(ids, borders, splits);
        }
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
