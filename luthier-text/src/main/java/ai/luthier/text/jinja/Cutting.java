package ai.luthier.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** String methods that cut a string into pieces; every piece keeps its marks. */
final class Cutting {

    private Cutting() {}

    /** Strips the characters of {@code characters} (null: whitespace) from the chosen ends. */
    static Text strip(Text text, @Nullable Text characters, boolean atStart, boolean atEnd) {
        String value = text.value();
        int start = 0;
        int end = value.length();
        while (atStart && start < end && strips(characters, value.codePointAt(start))) {
            start += Character.charCount(value.codePointAt(start));
        }
        while (atEnd && end > start && strips(characters, value.codePointBefore(end))) {
            end -= Character.charCount(value.codePointBefore(end));
        }
        return text.slice(start, end);
    }

    private static boolean strips(@Nullable Text characters, int codePoint) {
        return characters == null
                ? Whitespace.is(codePoint)
                : characters.value().codePoints().anyMatch(c -> c == codePoint);
    }

    /** Pieces between separators (null: runs of whitespace), at most {@code most} cuts; -1 is no bound. */
    static List<Value> split(Text text, @Nullable Text separator, int most) {
        if (separator == null) {
            return splitAtWhitespace(text, most);
        }
        String cut = nonEmpty(separator);
        List<Value> pieces = new ArrayList<>();
        int from = 0;
        for (int cuts = 0; most < 0 || cuts < most; cuts++) {
            int found = text.value().indexOf(cut, from);
            if (found < 0) {
                break;
            }
            pieces.add(text.slice(from, found));
            from = found + cut.length();
        }
        pieces.add(text.slice(from, text.value().length()));
        return pieces;
    }

    private static List<Value> splitAtWhitespace(Text text, int most) {
        String value = text.value();
        List<Value> pieces = new ArrayList<>();
        int at = Whitespace.skip(value, 0);
        while (at < value.length()) {
            if (most >= 0 && pieces.size() == most) {
                pieces.add(text.slice(at, value.length()));
                return pieces;
            }
            int end = at;
            while (end < value.length() && !Whitespace.is(value.charAt(end))) {
                end++;
            }
            pieces.add(text.slice(at, end));
            at = Whitespace.skip(value, end);
        }
        return pieces;
    }

    static List<Value> splitFromEnd(Text text, @Nullable Text separator, int most) {
        if (most < 0) {
            return split(text, separator, most);
        }
        List<Value> pieces = new ArrayList<>();
        if (separator == null) {
            splitAtWhitespaceFromEnd(text, most, pieces);
        } else {
            String cut = nonEmpty(separator);
            int to = text.value().length();
            for (int cuts = 0; cuts < most; cuts++) {
                int found = to < cut.length() ? -1 : text.value().lastIndexOf(cut, to - cut.length());
                if (found < 0) {
                    break;
                }
                pieces.add(text.slice(found + cut.length(), to));
                to = found;
            }
            pieces.add(text.slice(0, to));
        }
        Collections.reverse(pieces);
        return pieces;
    }

    private static void splitAtWhitespaceFromEnd(Text text, int most, List<Value> pieces) {
        String value = text.value();
        int end = Whitespace.end(value);
        while (end > 0) {
            if (pieces.size() == most) {
                pieces.add(text.slice(0, end));
                return;
            }
            int start = end;
            while (start > 0 && !Whitespace.is(value.charAt(start - 1))) {
                start--;
            }
            pieces.add(text.slice(start, end));
            end = Whitespace.end(value, start);
        }
    }

    static List<Value> lines(Text text, boolean keepEnds) {
        String value = text.value();
        List<Value> lines = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < value.length(); at++) {
            if (!endsLine(value.charAt(at))) {
                continue;
            }
            int end = at;
            if (value.startsWith("\r\n", at)) {
                at++;
            }
            lines.add(text.slice(start, keepEnds ? at + 1 : end));
            start = at + 1;
        }
        if (start < value.length()) {
            lines.add(text.slice(start, value.length()));
        }
        return lines;
    }

    private static boolean endsLine(char c) {
        return switch (c) {
            case '\n', '\r', 0x0B, '\f', 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029 -> true;
            default -> false;
        };
    }

    static Value partition(Text text, Text separator, boolean last) {
        String cut = nonEmpty(separator);
        int found = last ? text.value().lastIndexOf(cut) : text.value().indexOf(cut);
        if (found < 0) {
            return new Value.Tuple(
                    last ? List.of(Text.EMPTY, Text.EMPTY, text) : List.of(text, Text.EMPTY, Text.EMPTY));
        }
        int after = found + cut.length();
        return new Value.Tuple(List.of(
                text.slice(0, found),
                text.slice(found, after),
                text.slice(after, text.value().length())));
    }

    static Text removePrefix(Text text, Text prefix) {
        boolean has = text.value().startsWith(prefix.value());
        return has ? text.slice(prefix.value().length(), text.value().length()) : text;
    }

    static Text removeSuffix(Text text, Text suffix) {
        boolean has = text.value().endsWith(suffix.value());
        return has ? text.slice(0, text.value().length() - suffix.value().length()) : text;
    }

    private static String nonEmpty(Text separator) {
        if (separator.isEmpty()) {
            throw JinjaException.value("empty separator");
        }
        return separator.value();
    }
}
