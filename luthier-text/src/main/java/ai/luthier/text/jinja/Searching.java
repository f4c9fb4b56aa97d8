package ai.luthier.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** String methods that look for a piece: {@code find}, {@code count}, {@code startswith}, {@code replace}, {@code join}. */
final class Searching {

    private Searching() {}

    /** The UTF-16 window {@code [start, end)} that the optional arguments 1 and 2 choose, in code points. */
    private static Span window(Text text, Args args) {
        int length = text.length();
        int start = clamped(args.integer(1, "start", 0), length);
        int end = Math.max(start, clamped(args.integer(2, "end", length), length));
        return new Span(text.offset(start), text.offset(end));
    }

    private static int clamped(int index, int length) {
        return Math.clamp(index < 0 ? (long) index + length : index, 0, length);
    }

    static int find(Text text, Args args, boolean last) {
        String part = Values.expectText(args.require(0, "sub")).value();
        Span window = window(text, args);
        String seen = text.value().substring(window.start(), window.end());
        int found = last ? seen.lastIndexOf(part) : seen.indexOf(part);
        return found < 0 ? -1 : text.value().codePointCount(0, window.start() + found);
    }

    static Value index(Text text, Args args, boolean last) {
        int found = find(text, args, last);
        if (found < 0) {
            throw JinjaException.value("substring not found");
        }
        return Value.Int.of(found);
    }

    static int count(Text text, Args args) {
        String part = Values.expectText(args.require(0, "sub")).value();
        Span window = window(text, args);
        String seen = text.value().substring(window.start(), window.end());
        if (part.isEmpty()) {
            return seen.codePointCount(0, seen.length()) + 1;
        }
        int count = 0;
        for (int at = seen.indexOf(part); at >= 0; at = seen.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    /** {@code startswith} and {@code endswith}, of one string or any of a tuple. */
    static boolean affix(Text text, Args args, boolean start) {
        Value wanted = args.require(0, start ? "prefix" : "suffix");
        Span window = window(text, args);
        String seen = text.value().substring(window.start(), window.end());
        if (wanted instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        if (!(wanted instanceof Text) && !(wanted instanceof Value.Tuple)) {
            throw JinjaException.type((start ? "startswith" : "endswith")
                    + " first arg must be str or a tuple of str, not " + Values.typeName(wanted));
        }
        if (args.integer(1, "start", 0) > text.length()) {
            return false; // also for the empty affix
        }
        List<Value> affixes = wanted instanceof Value.Tuple tuple ? tuple.items() : List.of(wanted);
        return affixes.stream()
                .map(affix -> Values.expectText(affix).value())
                .anyMatch(affix -> start ? seen.startsWith(affix) : seen.endsWith(affix));
    }

    static Text replace(Text text, Text old, Text given, int most) {
        Text replacement = text.markup() ? Html.escape(given) : given;
        TextBuilder out = new TextBuilder();
        String value = text.value();
        int copied = 0;
        int at = 0;
        for (int done = 0; most < 0 || done < most; done++) {
            int found = value.indexOf(old.value(), at);
            if (found < 0 || at > value.length()) {
                break;
            }
            out.append(text, copied, found).append(replacement);
            copied = found + old.value().length();
            // Python puts the replacement of an empty string around every character.
            at = old.isEmpty() && found < value.length()
                    ? found + Character.charCount(value.codePointAt(found))
                    : Math.max(copied, old.isEmpty() ? found + 1 : copied);
        }
        return copied == 0 && out.length() == 0
                ? text
                : out.append(text, copied, value.length()).build().asMarkup(text.markup());
    }

    /** {@code separator.join(items)}, which for Markup escapes them. */
    static Text joinMethod(Text separator, Value given) {
        if (!Values.isIterable(given)) {
            throw JinjaException.type("can only join an iterable");
        }
        List<Value> items = Values.items(given);
        if (!separator.markup()) {
            return join(separator, items);
        }
        List<Value> escaped = new ArrayList<>();
        items.forEach(item -> escaped.add(Html.escape(Printer.str(item))));
        return join(separator, escaped).asMarkup(true);
    }

    static Text join(Text separator, List<Value> items) {
        TextBuilder out = new TextBuilder();
        for (int i = 0; i < items.size(); i++) {
            if (!(items.get(i) instanceof Text piece)) {
                throw JinjaException.type(
                        "sequence item " + i + ": expected str instance, " + Values.typeName(items.get(i)) + " found");
            }
            if (i > 0) {
                out.append(separator);
            }
            out.append(piece);
        }
        return out.build();
    }
}
