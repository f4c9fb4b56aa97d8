package ai.luthier.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Python's {@code "…" % values}. */
final class PercentFormat {

    private static final int MAX_WIDTH = 1_000_000;

    private static final int MAX_PRECISION = 1000;

    private final Text format;
    private final String source;
    private final Value values;
    private final List<Value> positional;
    private final boolean mapping;
    private int used;
    private int at;

    /** One conversion, between its percent sign and its letter. */
    private record Field(String flags, int width, int precision) {
        boolean has(char flag) {
            return flags.indexOf(flag) >= 0;
        }
    }

    private PercentFormat(Text format, Value values) {
        this.format = format;
        this.source = format.value();
        this.values = values;
        this.positional = values instanceof Value.Tuple tuple ? tuple.items() : List.of(values);
        this.mapping = values instanceof Value.Dict
                || values instanceof Value.Sequence
                || values instanceof Value.Range
                || values instanceof Value.Undefined;
    }

    static Text format(Text format, Value values) {
        return new PercentFormat(format, values).all().asMarkup(format.markup());
    }

    private Text all() {
        TextBuilder out = new TextBuilder();
        while (at < source.length()) {
            int percent = source.indexOf('%', at);
            int plain = percent < 0 ? source.length() : percent;
            out.append(format, at, plain);
            at = plain;
            if (percent >= 0) {
                at++;
                out.append(field());
            }
        }
        if (!mapping && used < positional.size()) {
            throw JinjaException.type("not all arguments converted during string formatting");
        }
        return out.build();
    }

    private char read() {
        if (at >= source.length()) {
            throw JinjaException.value("incomplete format");
        }
        return source.charAt(at++);
    }

    private Text field() {
        Value named = source.startsWith("(", at) ? named(key()) : null;
        int from = at;
        while (at < source.length() && "-+ #0".indexOf(source.charAt(at)) >= 0) {
            at++;
        }
        String flags = source.substring(from, at);
        int width = source.startsWith("*", at) ? star() : number(MAX_WIDTH, 0);
        if (width < 0) {
            flags += "-";
        }
        int precision = -1;
        if (source.startsWith(".", at)) {
            at++;
            precision = source.startsWith("*", at) ? Math.max(0, star()) : number(MAX_PRECISION, 0);
        }
        char letter = read();
        if (letter == 'h' || letter == 'l' || letter == 'L') {
            letter = read();
        }
        if (letter == '%') {
            return Text.of("%");
        }
        return converted(letter, new Field(flags, Math.abs(width), precision), named);
    }

    private String key() {
        int depth = 0;
        for (int end = at; end < source.length(); end++) {
            depth += source.charAt(end) == '(' ? 1 : source.charAt(end) == ')' ? -1 : 0;
            if (depth == 0) {
                String key = source.substring(at + 1, end);
                at = end + 1;
                return key;
            }
        }
        throw JinjaException.value("incomplete format key");
    }

    private int number(int most, int absent) {
        int from = at;
        while (at < source.length() && source.charAt(at) >= '0' && source.charAt(at) <= '9') {
            at++;
        }
        if (at - from > 9 || (at > from && Integer.parseInt(source.substring(from, at)) > most)) {
            throw JinjaException.limit("a format asks for more than " + most + " characters");
        }
        return at == from ? absent : Integer.parseInt(source.substring(from, at));
    }

    private int star() {
        at++;
        Value given = next();
        if (!(given instanceof Value.Int) && !(given instanceof Value.Bool)) {
            throw JinjaException.type("* wants int");
        }
        int width = Values.toInt(given);
        if (Math.abs((long) width) > MAX_WIDTH) {
            throw JinjaException.limit("a format asks for more than " + MAX_WIDTH + " characters");
        }
        return width;
    }

    private Value next() {
        if (used >= positional.size()) {
            throw JinjaException.type("not enough arguments for format string");
        }
        return positional.get(used++);
    }

    private Value named(String name) {
        return switch (values) {
            case Value.Dict dict -> {
                Value found = dict.find(name);
                if (found == null) {
                    throw new JinjaException(
                            "KeyError", Printer.repr(Text.of(name)).value(), 0);
                }
                yield found;
            }
            case Value.Undefined undefined -> throw undefined.error();
            case Value.Sequence list -> throw JinjaException.type("list indices must be integers or slices, not str");
            case Value.Range range -> throw JinjaException.type("range indices must be integers or slices, not str");
            default -> throw JinjaException.type("format requires a mapping");
        };
    }

    private Text converted(char letter, Field field, @Nullable Value named) {
        if ("sraciduoxXeEfFgG".indexOf(letter) < 0) {
            throw JinjaException.value("unsupported format character '" + letter + "' (0x" + Integer.toHexString(letter)
                    + ") at index " + (source.codePointCount(0, at) - 1));
        }
        Value value = named == null ? next() : named;
        if (value instanceof Value.Undefined undefined && "diuoxXeEfFgG".indexOf(letter) >= 0) {
            throw undefined.error();
        }
        return switch (letter) {
            case 's' -> string(escaped(Printer.str(value)), field);
            case 'r' -> string(escaped(Printer.repr(value)), field);
            case 'a' -> string(escaped(Printer.ascii(value)), field);
            case 'c' -> string(character(value), new Field(field.flags(), field.width(), -1));
            case 'd', 'i', 'u' -> integer(truncated(value, letter), 10, letter, field);
            case 'o' -> integer(exact(value, letter), 8, letter, field);
            case 'x', 'X' -> integer(exact(value, letter), 16, letter, field);
            default -> real(value, letter, field);
        };
    }

    private Text escaped(Text shown) {
        return format.markup() ? Html.escape(shown).asMarkup(false) : shown;
    }

    private static Text string(Text text, Field field) {
        boolean cut = field.precision() >= 0 && field.precision() < text.length();
        Text shown = cut ? text.slice(0, text.offset(field.precision())) : text;
        int missing = Math.max(0, field.width() - shown.length());
        return field.has('-') ? Letters.padded(shown, " ", 0, missing) : Letters.padded(shown, " ", missing, 0);
    }

    private static Text character(Value value) {
        if (value instanceof Text text && text.length() == 1) {
            return text;
        }
        if (!(value instanceof Value.Int) && !(value instanceof Value.Bool)) {
            throw JinjaException.type("%c requires int or char");
        }
        return Text.of(FormatSpec.character(Values.toInteger(value)));
    }

    private static BigInteger truncated(Value value, char letter) {
        if (!Values.isNumber(value)) {
            throw JinjaException.type(
                    "%" + letter + " format: a real number is required, not " + Values.typeName(value));
        }
        return truncated(value);
    }

    /** Python's {@code int(number)}: a float is cut off. */
    static BigInteger truncated(Value value) {
        if (!(value instanceof Value.Real real)) {
            return Values.toInteger(value);
        }
        if (Double.isNaN(real.value())) {
            throw JinjaException.value("cannot convert float NaN to integer");
        }
        if (Double.isInfinite(real.value())) {
            throw JinjaException.overflow("cannot convert float infinity to integer");
        }
        return new BigDecimal(real.value()).toBigInteger();
    }

    private static BigInteger exact(Value value, char letter) {
        if (!(value instanceof Value.Int) && !(value instanceof Value.Bool)) {
            throw JinjaException.type("%" + letter + " format: an integer is required, not " + Values.typeName(value));
        }
        return Values.toInteger(value);
    }

    private static Text integer(BigInteger number, int radix, char letter, Field field) {
        String digits = number.abs().toString(radix);
        digits = "0".repeat(Math.max(0, field.precision() - digits.length())) + digits;
        String prefix = radix != 10 && field.has('#') ? "0" + letter : "";
        return number(number.signum() < 0, prefix, letter == 'X' ? digits.toUpperCase(Locale.ROOT) : digits, field);
    }

    private static Text real(Value given, char letter, Field field) {
        if (!Values.isNumber(given)) {
            throw JinjaException.type("must be real number, not " + Values.typeName(given));
        }
        double value = Values.toDouble(given);
        double magnitude = Math.abs(value);
        int digits = field.precision() < 0 ? 6 : field.precision();
        boolean alternate = field.has('#');
        String body = !Double.isFinite(value)
                ? Digits.notFinite(value)
                : switch (letter) {
                    case 'e', 'E' -> Digits.scientific(magnitude, digits, alternate);
                    case 'f', 'F' -> Digits.fixed(magnitude, digits, alternate);
                    default -> Digits.general(magnitude, Math.max(1, digits), alternate);
                };
        boolean negative = value < 0 || (value == 0 && 1 / value < 0);
        return number(negative, "", Character.isUpperCase(letter) ? body.toUpperCase(Locale.ROOT) : body, field);
    }

    private static Text number(boolean negative, String prefix, String body, Field field) {
        String sign = negative ? "-" : field.has('+') ? "+" : field.has(' ') ? " " : "";
        int missing = Math.max(0, field.width() - sign.length() - prefix.length() - body.length());
        String whole;
        if (field.has('-')) {
            whole = sign + prefix + body + " ".repeat(missing);
        } else if (field.has('0')) {
            whole = sign + prefix + "0".repeat(missing) + body;
        } else {
            whole = " ".repeat(missing) + sign + prefix + body;
        }
        return Text.of(whole);
    }
}
