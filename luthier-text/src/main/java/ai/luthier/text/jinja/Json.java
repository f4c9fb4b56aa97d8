package ai.luthier.text.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code tojson} as {@code transformers} defines it: Python's {@code json.dumps} with {@code ensure_ascii=False} by
 * default, its separators, and no escaping of HTML. What is written of a value carries the value's mark.
 */
final class Json {

    private static final int MAX_DEPTH = 500;

    private final boolean ascii;
    private final boolean sorted;
    private final @Nullable String indent;
    private final String itemSeparator;
    private final String keySeparator;
    private final TextBuilder out = new TextBuilder();

    private Json(Args args) {
        this.ascii = args.flag(0, "ensure_ascii", false);
        this.indent = indent(args.get(1, "indent", Value.None.NONE));
        this.sorted = args.flag(3, "sort_keys", false);
        Value separators = args.get(2, "separators", Value.None.NONE);
        if (separators == Value.None.NONE) {
            itemSeparator = indent == null ? ", " : ",";
            keySeparator = ": ";
        } else {
            List<Value> both = Values.items(separators);
            if (both.size() != 2) {
                throw JinjaException.value("separators are a pair: between items and between key and value");
            }
            itemSeparator = Values.expectText(both.get(0)).value();
            keySeparator = Values.expectText(both.get(1)).value();
        }
    }

    /** {@code arguments}: {@code ensure_ascii, indent, separators, sort_keys}. */
    static Text write(Value value, Args arguments) {
        Json json = new Json(arguments.atMost(4, "tojson"));
        json.write(value, 0);
        return json.out.build();
    }

    private static @Nullable String indent(Value indent) {
        return switch (indent) {
            case Value.None none -> null;
            case Text text -> text.value();
            default -> " ".repeat(Math.clamp(Values.toInt(indent), 0, 1000));
        };
    }

    private void write(Value value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new JinjaException(
                    "RecursionError", "maximum recursion depth exceeded while encoding a JSON object", 0);
        }
        switch (value) {
            case Text text -> string(text);
            case Value.None none -> out.append("null");
            case Value.Bool flag -> out.append(flag == Value.Bool.TRUE ? "true" : "false");
            case Value.Int number -> out.append(number.value().toString(), number.tag());
            case Value.Real number -> out.append(real(number.value()), number.tag());
            case Value.Sequence list -> list(list.items(), list.tag(), depth);
            case Value.Tuple tuple -> list(tuple.items(), 0, depth);
            case Value.Dict dict -> dict(dict, depth);
            default ->
                throw JinjaException.type("Object of type " + Values.typeName(value) + " is not JSON serializable");
        }
    }

    private void list(List<Value> items, int tag, int depth) {
        if (items.isEmpty()) {
            out.append("[]", tag);
            return;
        }
        out.append("[", tag);
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : itemSeparator, tag);
            newline(depth + 1, tag);
            write(items.get(i), depth + 1);
        }
        newline(depth, tag);
        out.append("]", tag);
    }

    private void dict(Value.Dict dict, int depth) {
        int tag = dict.tag();
        if (dict.entries().isEmpty()) {
            out.append("{}", tag);
            return;
        }
        List<Value.Dict.Entry> entries = new ArrayList<>(dict.entries().values());
        if (sorted) {
            entries.sort(Comparator.comparing(Value.Dict.Entry::key, (a, b) -> Equality.compare(a, b, "<")));
        }
        out.append("{", tag);
        for (int i = 0; i < entries.size(); i++) {
            out.append(i == 0 ? "" : itemSeparator, tag);
            newline(depth + 1, tag);
            string(key(entries.get(i).key()));
            out.append(keySeparator, tag);
            write(entries.get(i).value(), depth + 1);
        }
        newline(depth, tag);
        out.append("}", tag);
    }

    private static Text key(Value key) {
        return switch (key) {
            case Text text -> text;
            case Value.None none -> Text.of("null");
            case Value.Bool flag -> Text.of(flag == Value.Bool.TRUE ? "true" : "false");
            case Value.Int number -> Text.of(number.value().toString(), number.tag());
            case Value.Real number -> Text.of(real(number.value()), number.tag());
            default ->
                throw JinjaException.type("keys must be str, int, float, bool or None, not " + Values.typeName(key));
        };
    }

    private void newline(int depth, int tag) {
        if (indent != null) {
            if ((long) indent.length() * depth > Text.MAX_LENGTH) {
                throw JinjaException.limit(
                        "a line of JSON is indented by more than " + Text.MAX_LENGTH + " characters");
            }
            out.append("\n" + indent.repeat(depth), tag);
        }
    }

    private static String real(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Printer.real(value);
    }

    private void string(Text text) {
        String value = text.value();
        int tag = text.tag();
        out.append("\"", tag);
        int plain = 0;
        for (int at = 0; at < value.length(); at++) {
            String escaped = escaped(value.charAt(at));
            if (!escaped.isEmpty()) {
                out.append(text, plain, at).append(escaped, tag);
                plain = at + 1;
            }
        }
        out.append(text, plain, value.length()).append("\"", tag);
    }

    private String escaped(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\f' -> "\\f";
            case '\b' -> "\\b";
            default -> c < 0x20 || (ascii && c > 0x7E) ? String.format("\\u%04x", (int) c) : "";
        };
    }
}
