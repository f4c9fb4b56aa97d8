package ai.luthier.text.jinja;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Python's format mini-language: {@code [[fill]align][sign][z][#][0][width][,_][.precision][type]}. Where a part is left out,
 * {@code align}, {@code sign} and {@code type} are {@code 0}, {@code precision} is -1.
 */
record FormatSpec(
        String fill,
        char align,
        char sign,
        boolean noNegativeZero,
        boolean alternate,
        int width,
        String grouping,
        int precision,
        char type) {

    private static final Pattern SYNTAX = Pattern.compile(
            "(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\\d{1,18})?([,_])?(?:\\.(\\d{1,18}))?(.)?", Pattern.DOTALL);

    private static final int MAX_WIDTH = 1_000_000;

    private static final int MAX_PRECISION = 1000;

    static FormatSpec parse(String text, Value value) {
        Matcher m = SYNTAX.matcher(text);
        if (!m.matches()) {
            throw JinjaException.value(
                    "Invalid format specifier '" + text + "' for object of type '" + Values.typeName(value) + "'");
        }
        boolean zero = m.group(6) != null && m.group(1) == null;
        String fill = m.group(1) != null ? m.group(1) : zero ? "0" : " ";
        boolean shiftsZero = zero && m.group(2) == null && Values.isNumber(value);
        return new FormatSpec(
                fill,
                m.group(2) != null ? m.group(2).charAt(0) : shiftsZero ? '=' : 0,
                first(m.group(3)),
                m.group(4) != null,
                m.group(5) != null,
                bounded(m.group(7), 0, MAX_WIDTH),
                m.group(8) == null ? "" : m.group(8),
                bounded(m.group(9), -1, MAX_PRECISION),
                first(m.group(10)));
    }

    private static char first(@Nullable String text) {
        return text == null ? 0 : text.charAt(0);
    }

    private static int bounded(@Nullable String digits, int absent, int most) {
        if (digits == null) {
            return absent;
        }
        long number = Long.parseLong(digits);
        if (number > most) {
            throw JinjaException.limit("a format asks for " + digits + " characters, more than " + most);
        }
        return (int) number;
    }

    /** The value as {@code format(value, spec)} shows it. */
    Text apply(Value value) {
        return switch (value) {
            case Text text -> string(text);
            case Value.Int number -> integer(number);
            case Value.Bool flag -> integer(flag);
            case Value.Real number -> real(number, number.value());
            default ->
                throw JinjaException.type(
                        "unsupported format string passed to " + Values.typeName(value) + ".__format__");
        };
    }

    private Text string(Text text) {
        if (sign != 0) {
            throw JinjaException.value("Sign not allowed in string format specifier");
        }
        if (alternate) {
            throw JinjaException.value("Alternate form (#) not allowed in string format specifier");
        }
        if (align == '=') {
            throw JinjaException.value("'=' alignment not allowed in string format specifier");
        }
        if (type != 0 && type != 's') {
            throw unknown(text);
        }
        if (!grouping.isEmpty()) {
            throw JinjaException.value("Cannot specify '" + grouping + "' with 's'.");
        }
        Text cut = precision >= 0 && precision < text.length() ? text.slice(0, text.offset(precision)) : text;
        int missing = Math.max(0, width - cut.length());
        int left = align == '>' ? missing : align == '^' ? missing / 2 : 0;
        return Letters.padded(cut, fill, left, missing - left);
    }

    private JinjaException unknown(Value value) {
        return JinjaException.value(
                "Unknown format code '" + type + "' for object of type '" + Values.typeName(value) + "'");
    }

    private Text integer(Value value) {
        BigInteger number = Values.toInteger(value);
        int radix = switch (type) {
            case 0, 'd', 'n' -> 10;
            case 'b' -> 2;
            case 'o' -> 8;
            case 'x', 'X' -> 16;
            case 'c' -> 0;
            case 'e', 'E', 'f', 'F', 'g', 'G', '%' -> -1;
            default -> throw unknown(value);
        };
        if (radix < 0) {
            return real(value, Values.toDouble(value));
        }
        if (precision >= 0) {
            throw JinjaException.value("Precision not allowed in integer format specifier");
        }
        boolean groups = (radix == 10 || (radix > 0 && grouping.equals("_"))) && type != 'n';
        if (!grouping.isEmpty() && !groups) {
            throw JinjaException.value("Cannot specify '" + grouping + "' with '" + type + "'.");
        }
        if (radix == 0) {
            if (sign != 0) {
                throw JinjaException.value("Sign not allowed with integer format specifier 'c'");
            }
            return padded("", "", character(number), "", 3);
        }
        String digits = number.abs().toString(radix);
        String prefix = alternate && radix != 10 ? "0" + type : "";
        return padded(
                sign(number.signum() < 0),
                prefix,
                type == 'X' ? digits.toUpperCase(Locale.ROOT) : digits,
                "",
                radix == 10 ? 3 : 4);
    }

    /** The character that {@code c} stands for. */
    static String character(BigInteger number) {
        if (number.signum() < 0 || number.compareTo(BigInteger.valueOf(Character.MAX_CODE_POINT)) > 0) {
            throw JinjaException.overflow("%c arg not in range(0x110000)");
        }
        return Character.toString(number.intValue());
    }

    private Text real(Value shown, double value) {
        double magnitude = Math.abs(type == '%' ? value * 100 : value);
        int digits = precision < 0 ? 6 : precision;
        String body;
        if (!Double.isFinite(value)) {
            body = Digits.notFinite(value);
        } else {
            body = switch (type) {
                case 0 -> precision < 0 ? Printer.real(magnitude) : Digits.floatLike(magnitude, Math.max(1, precision));
                case 'e', 'E' -> Digits.scientific(magnitude, digits, alternate);
                case 'f', 'F', '%' -> Digits.fixed(magnitude, digits, alternate);
                case 'g', 'G', 'n' -> Digits.general(magnitude, Math.max(1, digits), alternate);
                default -> throw unknown(shown);
            };
        }
        body = Character.isUpperCase(type) ? body.toUpperCase(Locale.ROOT) : body;
        boolean negative = value < 0 || (value == 0 && 1 / value < 0);
        boolean zero = body.chars().allMatch(c -> c == '0' || c == '.');
        int end = 0;
        while (end < body.length() && Character.isDigit(body.charAt(end))) {
            end++;
        }
        String rest = body.substring(end) + (type == '%' ? "%" : "");
        return padded(sign(negative && !(noNegativeZero && zero)), "", body.substring(0, end), rest, 3);
    }

    private String sign(boolean negative) {
        return negative ? "-" : sign == '+' || sign == ' ' ? String.valueOf(sign) : "";
    }

    /** Puts a number together: sign, prefix, its whole digits in groups of {@code group}, what follows them. */
    private Text padded(String sign, String prefix, String digits, String rest, int group) {
        String body = digits;
        if (!grouping.isEmpty() && !digits.isEmpty() && Character.isLetterOrDigit(digits.charAt(0))) {
            boolean fills = fill.equals("0") && align == '=';
            int least = fills ? width - sign.length() - prefix.length() - rest.length() : 0;
            body = grouped(digits, group);
            while (body.length() < least) {
                body = grouped("0" + body.replace(grouping, ""), group);
            }
        }
        String number = body + rest;
        int missing = Math.max(0, width - sign.length() - prefix.length() - number.codePointCount(0, number.length()));
        if (align == '=') {
            return Text.of(sign + prefix).plus(Letters.padded(Text.of(number), fill, missing, 0));
        }
        int left = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
        return Letters.padded(Text.of(sign + prefix + number), fill, left, missing - left);
    }

    private String grouped(String digits, int group) {
        StringBuilder out = new StringBuilder(digits);
        for (int at = digits.length() - group; at > 0; at -= group) {
            out.insert(at, grouping);
        }
        return out.toString();
    }
}
