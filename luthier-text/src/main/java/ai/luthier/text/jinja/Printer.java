package ai.luthier.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's {@code str()} and {@code repr()}. */
final class Printer {

    private final TextBuilder out = new TextBuilder();

    private Printer() {}

    static Text str(Value value) {
        return switch (value) {
            case Text text -> text;
            case Value.Undefined undefined -> Text.EMPTY;
            default -> repr(value);
        };
    }

    /** Python's {@code ascii()}: a representation in which what is not ASCII is escaped. */
    static Text ascii(Value value) {
        TextBuilder out = new TextBuilder();
        for (Value character : Values.items(repr(value))) {
            Text one = (Text) character;
            int codePoint = one.value().codePointAt(0);
            out.append(codePoint < 0x80 ? one : Text.of(hexadecimal(codePoint), one.tag()));
        }
        return out.build();
    }

    static Text repr(Value value) {
        Printer printer = new Printer();
        printer.print(value, 0);
        return printer.out.build();
    }

    private void print(Value value, int depth) {
        if (depth > 500) {
            throw new JinjaException("RecursionError", "maximum recursion depth exceeded while printing", 0);
        }
        switch (value) {
            case Text text -> {
                if (text.markup()) {
                    out.append("Markup(");
                    quoted(text);
                    out.append(")");
                } else {
                    quoted(text);
                }
            }
            case Value.Undefined undefined -> out.append("Undefined");
            case Value.None none -> out.append("None");
            case Value.Bool flag -> out.append(flag == Value.Bool.TRUE ? "True" : "False");
            case Value.Int number -> out.append(number.value().toString(), number.tag());
            case Value.Real number -> out.append(real(number.value()), number.tag());
            case Value.Sequence list -> items("[", list.items(), "]", list.tag(), depth);
            case Value.Tuple tuple -> items("(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")", 0, depth);
            case Value.Dict dict -> dict(dict.entries(), dict.tag(), depth);
            case Value.Range range ->
                out.append("range(" + range.start() + ", " + range.stop()
                        + (range.step().equals(BigInteger.ONE) ? "" : ", " + range.step()) + ")");
            case Value.View view -> items(view.type() + "([", view.items(), "])", 0, depth);
            case Value.Generator generator -> out.append("<generator object " + generator.name() + ">");
            case Value.Namespace namespace -> {
                out.append("<Namespace ");
                attributes(namespace.attributes(), depth);
                out.append(">");
            }
            case Value.Attributed object -> out.append(object.shown());
            case Macro macro -> out.append("<Macro '" + macro.name() + "'>");
            case Value.Callable callable -> out.append("<" + callable.name() + ">");
        }
    }

    private void items(String open, List<Value> items, String close, int tag, int depth) {
        out.append(open, tag);
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                out.append(", ", tag);
            }
            print(items.get(i), depth + 1);
        }
        out.append(close, tag);
    }

    private void dict(Map<Object, Value.Dict.Entry> entries, int tag, int depth) {
        out.append("{", tag);
        for (Iterator<Value.Dict.Entry> rest = entries.values().iterator(); rest.hasNext(); ) {
            Value.Dict.Entry entry = rest.next();
            print(entry.key(), depth + 1);
            out.append(": ", tag);
            print(entry.value(), depth + 1);
            out.append(rest.hasNext() ? ", " : "", tag);
        }
        out.append("}", tag);
    }

    private void attributes(Map<String, Value> attributes, int depth) {
        Value.Dict dict = Value.Dict.empty();
        attributes.forEach((name, value) -> dict.put(Text.of(name), value));
        print(dict, depth + 1);
    }

    /** A string in Python's quotes: single ones unless it holds single and no double ones. */
    private void quoted(Text text) {
        String value = text.value();
        char quote = value.indexOf('\'') >= 0 && value.indexOf('"') < 0 ? '"' : '\'';
        int tag = text.tag();
        out.append(String.valueOf(quote), tag);
        int plain = 0;
        for (int at = 0; at < value.length(); ) {
            int codePoint = value.codePointAt(at);
            int next = at + Character.charCount(codePoint);
            String escaped = escaped(codePoint, quote);
            if (!escaped.isEmpty()) {
                out.append(text, plain, at).append(escaped, tag);
                plain = next;
            }
            at = next;
        }
        out.append(text, plain, value.length()).append(String.valueOf(quote), tag);
    }

    private static String escaped(int codePoint, char quote) {
        if (codePoint == quote || codePoint == '\\') {
            return "\\" + (char) codePoint;
        }
        return switch (codePoint) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> isPrintable(codePoint) ? "" : hexadecimal(codePoint);
        };
    }

    static String hexadecimal(int codePoint) {
        if (codePoint < 0x100) {
            return String.format("\\x%02x", codePoint);
        }
        return codePoint < 0x10000 ? String.format("\\u%04x", codePoint) : String.format("\\U%08x", codePoint);
    }

    /** Python's {@code str.isprintable} of one character. */
    static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> codePoint == ' ';
            default -> true;
        };
    }

    /** Python's {@code repr} of a float: the shortest digits that read back the same, exponents from 1e16 and below 1e-4. */
    static String real(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        String digits = decimal.unscaledValue().toString();
        if (digits.length() == 2) {
            // Java writes at least two digits, 4.9E-324; one may do.
            BigDecimal shorter = decimal.round(new MathContext(1, RoundingMode.HALF_EVEN));
            if (shorter.doubleValue() == Math.abs(value)) {
                decimal = shorter.stripTrailingZeros();
                digits = decimal.unscaledValue().toString();
            }
        }
        int exponent = digits.length() - decimal.scale() - 1;
        String sign = value < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
            return sign + mantissa + "e" + (exponent < 0 ? "-" : "+") + String.format("%02d", Math.abs(exponent));
        }
        String plain = decimal.toPlainString();
        return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
    }
}
