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
        put(all, "upper", (text, args) -> Letters.upper(text));
        put(all, "lower", (text, args) -> Letters.lower(text));
        put(all, "capitalize", (text, args) -> Letters.capitalize(text));
        put(all, "title", (text, args) -> title(text));
        put(all, "trim", (text, args) -> Cutting.strip(text, args.text(0, "chars"), true, true));
        put(all, "center", (text, args) -> Letters.padded(text, Args.of(args.get(0, "width", Value.Int.of(80))), 'c'));
        put(all, "escape", (text, args) -> Html.escape(text));
        put(all, "e", (text, args) -> Html.escape(text));
        put(all, "forceescape", (text, args) -> Html.escape(text.asMarkup(false)));
        put(all, "safe", (text, args) -> text.asMarkup(true));
        put(
                all,
                "striptags",
                (text, args) -> Text.of(
                        text.value()
                                .replaceAll("(?s)<!--.*?-->|<[^>]*>", "")
                                .strip()
                                .replaceAll("\\s+", " "),
                        text.tag()));
        put(all, "indent", TextFilters::indent);
        put(all, "truncate", TextFilters::truncate);
        put(
                all,
                "replace",
                (text, args) -> Searching.replace(
                        text,
                        Printer.str(args.require(0, "old")),
                        Printer.str(args.require(1, "new")),
                        args.integer(2, "count", -1)));
        put(all, "wordcount", (text, args) -> Value.Int.of(words(text)));
        put(all, "urlencode", (text, args) -> Text.of(encoded(text.value()), text.tag()));
        all.put("format", (interpreter, target, args) -> {
            boolean named = args.positional().isEmpty() && !args.keywords().isEmpty();
            Value.Dict keywords = Value.Dict.empty();
            args.keywords().forEach((name, value) -> keywords.put(Text.of(name), value));
            return PercentFormat.format(Printer.str(target), named ? keywords : new Value.Tuple(args.positional()));
        });
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
                out.append(Letters.capitalize(text.slice(start, at)));
                out.append(text, at, end ? at : at + 1);
                start = at + 1;
            }
        }
        return out.build();
    }

    private static Text indent(Text text, Args args) {
        Value width = args.get(0, "width", Value.Int.of(4));
        String blanks =
                width instanceof Text given ? given.value() : " ".repeat(Math.clamp(Values.toInt(width), 0, 1000));
        boolean first = args.flag(1, "first", false);
        boolean blank = args.flag(2, "blank", false);
        List<Value> lines = Cutting.lines(text.plus(Text.of("\n")), false);
        TextBuilder out = new TextBuilder();
        for (int i = 0; i < lines.size(); i++) {
            Text line = (Text) lines.get(i);
            out.append(i > 0 ? "\n" : "");
            if (i == 0 ? first : blank || !line.isEmpty()) {
                out.append(blanks);
            }
            out.append(line);
        }
        return out.build();
    }

    private static Text truncate(Text text, Args args) {
        int length = args.integer(0, "length", 255);
        boolean killWords = args.flag(1, "killwords", false);
        Value end = args.get(2, "end", Text.of("..."));
        int leeway = args.integer(3, "leeway", 5);
        Text dots = Printer.str(end);
        if (text.length() <= length + leeway) {
            return text;
        }
        Text cut = text.slice(0, text.offset(Math.max(0, length - dots.length())));
        int blank = cut.value().lastIndexOf(' ');
        return (killWords || blank < 0 ? cut : cut.slice(0, blank)).plus(dots);
    }

    private static long words(Text text) {
        List<String> words = new ArrayList<>();
        java.util.regex.Matcher word = java.util.regex.Pattern.compile(
                        "\\w+", java.util.regex.Pattern.UNICODE_CHARACTER_CLASS)
                .matcher(text.value());
        while (word.find()) {
            words.add(word.group());
        }
        return words.size();
    }

    /** Python's {@code quote(…, safe="/")} over UTF-8. */
    private static String encoded(String value) {
        StringBuilder out = new StringBuilder();
        for (byte b : value.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "_.-~/".indexOf(c) >= 0);
            out.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return out.toString();
    }
}
