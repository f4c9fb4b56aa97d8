package ai.luthier.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Filters that take whatever they get as a string. */
final class TextFilters {

    private TextFilters() {}

    static void register(Map<String, Filters.Filter> all) {
        put(all, "string", (text, args) -> text);
        put(all, "upper", (text, args) -> Casing.upper(text));
        put(all, "lower", (text, args) -> Casing.lower(text));
        put(all, "capitalize", (text, args) -> Casing.capitalize(text));
        put(all, "title", (text, args) -> title(text));
        put(all, "trim", (text, args) -> Cutting.strip(text, args.text(0, "chars"), true, true));
        put(all, "escape", (text, args) -> Html.escape(text));
        put(all, "e", (text, args) -> Html.escape(text));
        put(all, "forceescape", (text, args) -> Html.escape(text.asMarkup(false)));
        put(all, "safe", (text, args) -> text.asMarkup(true));
        put(all, "striptags", (text, args) -> Html.stripTags(text));
        all.put("replace", (interpreter, target, args) -> replaced(target, args, interpreter.escapes()));
        all.put(
                "urlize",
                (interpreter, target, args) -> Urlize.filter(target, args).asMarkup(interpreter.escapes()));
        put(all, "wordcount", (text, args) -> Value.Int.of(words(text)));
        all.put("urlencode", (interpreter, target, args) -> urlEncoded(target));
        all.put("format", (interpreter, target, args) -> {
            boolean named = args.positional().isEmpty() && !args.keywords().isEmpty();
            Value.Dict keywords = Value.Dict.empty();
            args.keywords().forEach((name, value) -> keywords.put(Text.of(name), value));
            return PercentFormat.format(Printer.str(target), named ? keywords : new Value.Tuple(args.positional()));
        });
    }

    private static Text replaced(Value target, Args args, boolean escapes) {
        Value old = args.require(0, "old");
        Value given = args.require(1, "new");
        int count = args.integer(2, "count", -1);
        Text text = Printer.str(target);
        if (!escapes) {
            return Searching.replace(text.asMarkup(false), Printer.str(old), Printer.str(given), count);
        }
        boolean escaped = Html.isMarkup(old) || (Html.isMarkup(given) && !text.markup());
        return Searching.replace(escaped ? Html.escape(text) : text, Printer.str(old), Printer.str(given), count);
    }

    private static void put(Map<String, Filters.Filter> all, String name, BiFunction<Text, Args, Value> body) {
        all.put(name, (interpreter, target, args) -> body.apply(Printer.str(target), args));
    }

    /** Unlike {@code str.title}, the filter begins a word after a blank, a hyphen or an opening bracket only. */
    private static Text title(Text text) {
        TextBuilder out = new TextBuilder();
        int start = 0;
        for (int at = 0; at <= text.value().length(); at++) {
            boolean end = at == text.value().length();
            if (end
                    || "-({[<".indexOf(text.value().charAt(at)) >= 0
                    || Whitespace.is(text.value().charAt(at))) {
                // Jinja sets the first letter in upper case and not in title case.
                int first =
                        start < at ? start + Character.charCount(text.value().codePointAt(start)) : start;
                out.append(Casing.upper(text.slice(start, first)));
                out.append(Casing.lower(text.slice(first, at)));
                out.append(text, at, end ? at : at + 1);
                start = at + 1;
            }
        }
        return out.build();
    }

    /** Runs of what Python's {@code \w} takes: letters, numbers of every kind and the underscore, but no marks. */
    private static long words(Text text) {
        int[] codePoints = text.value().codePoints().toArray();
        long words = 0;
        boolean inWord = false;
        for (int codePoint : codePoints) {
            boolean letter = codePoint == '_' || Character.isLetter(codePoint) || Letters.isNumeric(codePoint);
            words += letter && !inWord ? 1 : 0;
            inWord = letter;
        }
        return words;
    }

    /** A string by itself; pairs, or a mapping, as a query in which a blank is a plus. */
    private static Value urlEncoded(Value target) {
        if (target instanceof Text || !Values.isIterable(target)) {
            Text text = Printer.str(target);
            return Text.of(encoded(text.value(), "/"), text.tag());
        }
        List<Value> pairs = target instanceof Value.Dict dict ? dict.items() : Values.items(target);
        List<Value> shown = new ArrayList<>();
        for (Value pair : pairs) {
            if (!Values.isIterable(pair)) {
                throw JinjaException.type("cannot unpack non-iterable " + Values.typeName(pair) + " object");
            }
            List<Value> both = Values.items(pair);
            if (both.size() != 2) {
                throw JinjaException.value(
                        both.size() > 2
                                ? "too many values to unpack (expected 2)"
                                : "not enough values to unpack (expected 2, got " + both.size() + ")");
            }
            shown.add(Text.of(query(both.get(0)) + "=" + query(both.get(1))));
        }
        return Searching.join(Text.of("&"), shown);
    }

    private static String query(Value part) {
        return encoded(Printer.str(part).value(), "").replace("%20", "+");
    }

    /** Python's {@code quote} over UTF-8. */
    private static String encoded(String value, String safe) {
        StringBuilder out = new StringBuilder();
        for (byte b : value.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain =
                    c < 128 && (Character.isLetterOrDigit(c) || ("_.-~".indexOf(c) >= 0 || safe.indexOf(c) >= 0));
            out.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return out.toString();
    }
}
