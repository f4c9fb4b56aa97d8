package ai.luthier.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filter {@code wordwrap}: Python's {@code textwrap.wrap} on each line, which breaks at blanks and after hyphens. */
final class Wrapping {

    private static final String BLANK = "[\\t\\n\\x0B\\f\\r ]";
    private static final String WORD = "[\\w!\"'&.,?]";
    private static final String LETTER = "[^\\d\\W]";

    /** {@code textwrap.TextWrapper.wordsep_re}: blanks, dashes between words, words that may end at a hyphen. */
    private static final Pattern CHUNK = Pattern.compile(
            BLANK + "+|(?<=" + WORD + ")-{2,}(?=\\w)|[^\\t\\n\\x0B\\f\\r ]+?(?:-(?:(?<=" + LETTER + "{2}-)|(?<="
                    + LETTER
                    + "-" + LETTER + "-))(?=" + LETTER + "-?" + LETTER + ")|(?=" + BLANK + "|\\z)|(?<=" + WORD
                    + ")(?=-{2,}\\w))",
            Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern BLANK_OR_WORD = Pattern.compile(BLANK + "+|[^\\t\\n\\x0B\\f\\r ]+");

    private final int width;
    private final boolean breaksWords;
    private final boolean breaksAtHyphens;

    private Wrapping(int width, boolean breaksWords, boolean breaksAtHyphens) {
        this.width = width;
        this.breaksWords = breaksWords;
        this.breaksAtHyphens = breaksAtHyphens;
    }

    static Value filter(Value target, Args args) {
        if (!(target instanceof Text text)) {
            throw target instanceof Value.Undefined undefined
                    ? undefined.error()
                    : JinjaException.attribute(target, "splitlines");
        }
        int width = args.integer(0, "width", 79);
        Value between = args.get(2, "wrapstring", Value.None.NONE);
        Wrapping wrapping =
                new Wrapping(width, args.flag(1, "break_long_words", true), args.flag(3, "break_on_hyphens", true));
        Text separator = between == Value.None.NONE ? Text.of("\n") : Values.expectText(between);
        List<Value> lines = new ArrayList<>();
        for (Value line : Cutting.lines(text, false)) {
            lines.add(Searching.join(separator, wrapping.wrapped((Text) line)));
        }
        return Searching.join(separator, lines);
    }

    private List<Value> wrapped(Text line) {
        if (width <= 0) {
            throw JinjaException.value("invalid width " + width + " (must be > 0)");
        }
        List<Text> chunks = chunks(line);
        List<Value> lines = new ArrayList<>();
        int at = 0;
        while (at < chunks.size()) {
            if (!lines.isEmpty() && isBlank(chunks.get(at))) {
                at++;
            }
            List<Value> words = new ArrayList<>();
            int length = 0;
            while (at < chunks.size() && length + chunks.get(at).length() <= width) {
                length += chunks.get(at).length();
                words.add(chunks.get(at++));
            }
            if (at < chunks.size() && chunks.get(at).length() > width) {
                Text longWord = chunks.get(at);
                if (breaksWords) {
                    int end = longWord.offset(cut(longWord, width - length));
                    words.add(longWord.slice(0, end));
                    chunks.set(at, longWord.slice(end, longWord.value().length()));
                } else if (words.isEmpty()) {
                    words.add(longWord);
                    at++;
                }
            }
            if (!words.isEmpty() && isBlank((Text) words.getLast())) {
                words.removeLast();
            }
            if (!words.isEmpty()) {
                lines.add(Searching.join(Text.EMPTY, words));
            }
        }
        return lines;
    }

    /** Where a word that is longer than a line is cut, in code points. */
    private int cut(Text word, int room) {
        if (breaksAtHyphens && word.length() > room) {
            String start = word.value().substring(0, word.offset(room));
            int hyphen = start.lastIndexOf('-');
            if (hyphen > 0 && start.substring(0, hyphen).chars().anyMatch(c -> c != '-')) {
                return start.codePointCount(0, hyphen) + 1;
            }
        }
        return room;
    }

    private static boolean isBlank(Text text) {
        return Whitespace.isBlank(text.value());
    }

    private List<Text> chunks(Text line) {
        List<Text> chunks = new ArrayList<>();
        Matcher chunk = (breaksAtHyphens ? CHUNK : BLANK_OR_WORD).matcher(line.value());
        while (chunk.find()) {
            chunks.add(line.slice(chunk.start(), chunk.end()));
        }
        return chunks;
    }
}
