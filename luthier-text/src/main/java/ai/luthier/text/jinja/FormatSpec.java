package ai.luthier.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Python's format mini-language: {@code [[fill]align][sign][#][0][width][,_][.precision][type]}, and what {@code %} and
 * {@code format} have in common.
 */
record FormatSpec(
        String fill, char align, char sign, boolean alternate, int width, String grouping, int precision, char type) {

    private static final Pattern SYNTAX = Pattern.compile(
            "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\\d{1,6})?([,_])?(?:\\.(\\d{1,4}))?([a-zA-Z%])?", Pattern.DOTALL);

    static FormatSpec parse(String text) {
        Matcher m = SYNTAX.matcher(text);
        if (!m.matches()) {
            throw JinjaException.value("Invalid format specifier '" + text + "'");
        }
        boolean zero = m.group(5) != null;
        String fill = m.group(1) != null ? m.group(1) : zero ? "0" : " ";
        char align = m.group(2) != null ? m.group(2).charAt(0) : zero ? '=' : ' ';
        return new FormatSpec(
                fill,
                align,
                m.group(3) == null ? '-' : m.group(3).charAt(0),
                m.group(4) != null,
                m.group(6) == null ? 0 : Integer.parseInt(m.group(6)),
                m.group(7) == null ? "" : m.group(7),
                m.group(8) == null ? -1 : Integer.parseInt(m.group(8)),
                m.group(9) == null ? ' ' : m.group(9).charAt(0));
    }

    Text apply(Value value) {
        if (value instanceof Text text) {
            Text cut = precision >= 0 && precision < text.length() ? text.slice(0, text.offset(precision)) : text;
            return padded(cut, "", '<');
        }
        if (!Values.isNumber(value) || (value instanceof Value.Bool && type == ' ')) {
            return padded(Printer.str(value), "", '<');
        }
        String body = number(value);
        String signed = body.startsWith("-") ? "-" : sign == '-' ? "" : String.valueOf(sign);
        return padded(Text.of(body.startsWith("-") ? body.substring(1) : body), signed, '>');
    }

    private String number(Value value) {
        return switch (type) {
            case 'd', 'n' -> grouped(Values.toInteger(value).toString());
            case 'b' -> (alternate ? "0b" : "") + Values.toInteger(value).toString(2);
            case 'o' -> (alternate ? "0o" : "") + Values.toInteger(value).toString(8);
            case 'x' -> (alternate ? "0x" : "") + Values.toInteger(value).toString(16);
            case 'X' ->
                (alternate ? "0X" : "") + Values.toInteger(value).toString(16).toUpperCase(Locale.ROOT);
            case 'c' -> Character.toString(Values.toInt(value));
            case 'f', 'F' -> grouped(fixed(Values.toDouble(value), precision < 0 ? 6 : precision));
            case '%' -> fixed(Values.toDouble(value) * 100, precision < 0 ? 6 : precision) + "%";
            case 'e', 'E' -> {
                String shown = scientific(Values.toDouble(value), precision < 0 ? 6 : precision);
                yield type == 'E' ? shown.toUpperCase(Locale.ROOT) : shown;
            }
            case 'g', 'G' -> general(Values.toDouble(value), precision < 0 ? 6 : Math.max(1, precision), alternate);
            case ' ' ->
                value instanceof Value.Real real
                        ? shortest(real.value())
                        : grouped(Values.toInteger(value).toString());
            default ->
                throw JinjaException.value(
                        "Unknown format code '" + type + "' for object of type '" + Values.typeName(value) + "'");
        };
    }

    private String shortest(double value) {
        return precision < 0 ? grouped(Printer.real(value)) : general(value, Math.max(1, precision), false);
    }

    private String grouped(String digits) {
        if (grouping.isEmpty()) {
            return digits;
        }
        int point = digits.indexOf('.') < 0 ? digits.length() : digits.indexOf('.');
        StringBuilder out = new StringBuilder(digits);
        for (int at = point - 3; at > (digits.startsWith("-") ? 1 : 0); at -= 3) {
            out.insert(at, grouping);
        }
        return out.toString();
    }

    private static String notFinite(double value) {
        return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }

    static String fixed(double value, int digits) {
        if (!Double.isFinite(value)) {
            return notFinite(value);
        }
        String shown =
                new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
        boolean negative = value < 0 || (value == 0 && 1 / value < 0);
        return negative && !shown.startsWith("-") ? "-" + shown : shown;
    }

    static String scientific(double value, int digits) {
        if (!Double.isFinite(value)) {
            return notFinite(value);
        }
        BigDecimal exact = new BigDecimal(Math.abs(value));
        String sign = value < 0 ? "-" : "";
        if (exact.signum() == 0) {
            return sign + fixed(0, digits) + "e+00";
        }
        BigDecimal rounded = exact.round(new java.math.MathContext(digits + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        String mantissa = rounded.movePointLeft(exponent)
                .setScale(digits, RoundingMode.HALF_EVEN)
                .toPlainString();
        return sign + mantissa + "e" + (exponent < 0 ? "-" : "+") + String.format("%02d", Math.abs(exponent));
    }

    private static String general(double value, int digits, boolean keepZeros) {
        if (!Double.isFinite(value)) {
            return notFinite(value);
        }
        String shown = scientific(value, digits - 1);
        int mark = shown.indexOf('e');
        int exponent = Integer.parseInt(shown.substring(mark + 1));
        if (exponent < -4 || exponent >= digits) {
            return (keepZeros ? shown.substring(0, mark) : trimmed(shown.substring(0, mark))) + shown.substring(mark);
        }
        String plain = fixed(value, digits - 1 - exponent);
        return keepZeros ? plain : trimmed(plain);
    }

    private static String trimmed(String digits) {
        return digits.indexOf('.') < 0 ? digits : digits.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    private Text padded(Text body, String signed, char standard) {
        char where = align == ' ' ? standard : align;
        int missing = Math.max(0, width - body.length() - signed.length());
        if (where == '=') {
            return Text.of(signed).plus(Letters.padded(body, fill, missing, 0));
        }
        int left = switch (where) {
            case '<' -> 0;
            case '>' -> missing;
            default -> missing / 2;
        };
        return Letters.padded(Text.of(signed).plus(body), fill, left, missing - left);
    }

    /** An integer that {@code %d} prints: floats are cut off. */
    static BigInteger truncated(Value value) {
        return value instanceof Value.Real real ? new BigDecimal(real.value()).toBigInteger() : Values.toInteger(value);
    }
}
