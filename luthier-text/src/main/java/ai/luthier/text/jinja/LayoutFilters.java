package ai.luthier.text.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Filters that lay text out: {@code indent}, {@code truncate}, {@code center}, {@code xmlattr}, {@code filesizeformat}, … */
final class LayoutFilters {

    private static final List<String> UNITS = List.of("k", "M", "G", "T", "P", "E", "Z", "Y");

    private LayoutFilters() {}

    static void register(Map<String, Filters.Filter> all) {
        all.put("indent", (interpreter, target, args) -> indent(target, args));
        all.put("truncate", (interpreter, target, args) -> truncate(target, args));
        all.put("wordwrap", (interpreter, target, args) -> {
            interpreter.worked(target instanceof Text text ? text.value().length() : 0);
            return Wrapping.filter(target, args);
        });
        all.put(
                "xmlattr",
                (interpreter, target, args) -> attributes(target, args).asMarkup(interpreter.escapes()));
        all.put("filesizeformat", (interpreter, target, args) -> size(target, args));
        all.put(
                "center",
                (interpreter, target, args) ->
                        Letters.padded(Printer.str(target), Args.of(args.get(0, "width", Value.Int.of(80))), 'c'));
    }

    private static Value indent(Value target, Args args) {
        if (!(target instanceof Text text)) {
            if (target instanceof Value.Sequence) {
                throw JinjaException.attribute(target, "splitlines");
            }
            // What Jinja's own s += "\n" gives.
            Value sum = Arithmetic.apply("+", target, Text.of("\n"));
            throw JinjaException.attribute(sum, "splitlines");
        }
        Value width = args.get(0, "width", Value.Int.of(4));
        Text blanks = width instanceof Text given
                ? given
                : new TextBuilder().appendTimes(" ", Values.toInt(width)).build();
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

    private static Value truncate(Value target, Args args) {
        int length = Values.toInt(args.get(0, "length", Value.Int.of(255)));
        boolean killWords = args.flag(1, "killwords", false);
        Value end = args.get(2, "end", Text.of("..."));
        int leeway = args.integer(3, "leeway", 5);
        Values.length(end);
        Text dots = Printer.str(end);
        if (length < dots.length()) {
            throw new JinjaException("AssertionError", "expected length >= " + dots.length() + ", got " + length, 0);
        }
        if (leeway < 0) {
            throw new JinjaException("AssertionError", "expected leeway >= 0, got " + leeway, 0);
        }
        if (Values.length(target) <= (long) length + leeway) {
            return target;
        }
        int kept = length - dots.length();
        if (!(target instanceof Text text)) {
            Value cut = Attributes.slice(target, Value.None.NONE, Value.Int.of(kept), Value.None.NONE);
            if (killWords) {
                return Arithmetic.apply("+", cut, dots);
            }
            throw JinjaException.attribute(cut, "rsplit");
        }
        Text cut = text.slice(0, text.offset(kept));
        int blank = cut.value().lastIndexOf(' ');
        return (killWords || blank < 0 ? cut : cut.slice(0, blank)).plus(dots);
    }

    private static Text attributes(Value target, Args args) {
        if (!(target instanceof Value.Dict dict)) {
            throw target instanceof Value.Undefined undefined
                    ? undefined.error()
                    : JinjaException.attribute(target, "items");
        }
        List<Value> shown = new ArrayList<>();
        for (Value.Dict.Entry entry : dict.entries().values()) {
            if (entry.value() == Value.None.NONE || entry.value() instanceof Value.Undefined) {
                continue;
            }
            Text key = Values.expectText(entry.key());
            if (key.value().chars().anyMatch(c -> Whitespace.is(c) || "/>=".indexOf(c) >= 0)) {
                throw JinjaException.value("Invalid character in attribute name: "
                        + Printer.repr(key).value());
            }
            shown.add(new TextBuilder()
                    .append(Html.escape(key))
                    .append("=\"")
                    .append(Html.escape(Printer.str(entry.value())))
                    .append("\"")
                    .build());
        }
        Text joined = Searching.join(Text.of(" "), shown);
        return args.flag(0, "autospace", true) && !joined.isEmpty()
                ? Text.of(" ").plus(joined)
                : joined;
    }

    private static Value size(Value target, Args args) {
        boolean binary = args.flag(0, "binary", false);
        double base = binary ? 1024 : 1000;
        double bytes = bytes(target);
        if (bytes == 1) {
            return Text.of("1 Byte");
        }
        if (bytes < base) {
            return Text.of(new BigDecimal(bytes).toBigInteger() + " Bytes");
        }
        double unit = base;
        int prefix = 0;
        while (prefix < UNITS.size() - 1 && bytes >= unit * base) {
            unit *= base;
            prefix++;
        }
        String name = binary ? UNITS.get(prefix).replace('k', 'K') + "iB" : UNITS.get(prefix) + "B";
        return Text.of(Digits.fixed(base * bytes / (unit * base), 1, false) + " " + name);
    }

    private static double bytes(Value target) {
        if (target instanceof Text text) {
            try {
                return ValueFilters.parsedReal(text.value());
            } catch (NumberFormatException e) {
                throw JinjaException.value("could not convert string to float: "
                        + Printer.repr(text).value());
            }
        }
        if (target instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        if (!Values.isNumber(target)) {
            throw JinjaException.type(
                    "float() argument must be a string or a real number, not '" + Values.typeName(target) + "'");
        }
        return Values.toDouble(target);
    }
}
