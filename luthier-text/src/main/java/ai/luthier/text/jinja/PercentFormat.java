package ai.luthier.text.jinja;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's {@code "…" % values}. */
final class PercentFormat {

    private static final Pattern FIELD = Pattern.compile(
            "%(?:\\(([^)]*)\\))?([-+ #0]*)(\\*|\\d{1,6})?(?:\\.(\\*|\\d{1,4}))?[hlL]?(.)", Pattern.DOTALL);

    private final Value values;
    private final List<Value> positional;
    private int used;

    private PercentFormat(Value values) {
        this.values = values;
        this.positional = values instanceof Value.Tuple tuple ? tuple.items() : List.of(values);
    }

    static Text format(Text format, Value values) {
        return new PercentFormat(values).format(format);
    }

    private Text format(Text format) {
        TextBuilder out = new TextBuilder();
        Matcher field = FIELD.matcher(format.value());
        int at = 0;
        while (format.value().indexOf('%', at) >= 0) {
            if (!field.find(at)) {
                throw JinjaException.value("incomplete format");
            }
            out.append(format, at, field.start());
            out.append(field(field));
            at = field.end();
        }
        out.append(format, at, format.value().length());
        boolean isMapping = values instanceof Value.Dict;
        if (!isMapping && used < positional.size()) {
            throw JinjaException.type("not all arguments converted during string formatting");
        }
        return out.build();
    }

    private Text field(Matcher field) {
        char type = field.group(5).charAt(0);
        if (type == '%') {
            return Text.of("%");
        }
        String flags = field.group(2);
        int width = count(field.group(3), 0);
        int precision = count(field.group(4), -1);
        Value value = field.group(1) == null ? next() : named(field.group(1));
        char sign = flags.indexOf('+') >= 0 ? '+' : flags.indexOf(' ') >= 0 ? ' ' : '-';
        boolean left = flags.indexOf('-') >= 0;
        boolean text = type == 's' || type == 'r' || type == 'a' || type == 'c';
        boolean zero = flags.indexOf('0') >= 0 && !left && !text;
        FormatSpec spec = new FormatSpec(
                zero ? "0" : " ",
                left ? '<' : zero ? '=' : '>',
                sign,
                flags.indexOf('#') >= 0,
                width,
                "",
                precision,
                text ? ' ' : type == 'i' || type == 'u' ? 'd' : type);
        return spec.apply(
                switch (type) {
                    case 's' -> Printer.str(value);
                    case 'r', 'a' -> Printer.repr(value);
                    case 'c' -> value instanceof Text ? value : Text.of(Character.toString(Values.toInt(value)));
                    case 'd', 'i', 'u' -> new Value.Int(FormatSpec.truncated(number(value, type)), 0);
                    case 'x', 'X', 'o', 'e', 'E', 'f', 'F', 'g', 'G' -> number(value, type);
                    default ->
                        throw JinjaException.value("unsupported format character '" + type + "' (0x"
                                + Integer.toHexString(type) + ") at index " + field.start(5));
                });
    }

    private static Value number(Value value, char type) {
        if (!Values.isNumber(value)) {
            throw JinjaException.type("%" + type + " format: a real number is required, not " + Values.typeName(value));
        }
        return value;
    }

    private int count(@Nullable String text, int absent) {
        if (text == null) {
            return absent;
        }
        return text.equals("*") ? Math.clamp(Values.toInt(next()), 0, 1_000_000) : Integer.parseInt(text);
    }

    private Value next() {
        if (used >= positional.size()) {
            throw JinjaException.type("not enough arguments for format string");
        }
        return positional.get(used++);
    }

    private Value named(String name) {
        if (!(values instanceof Value.Dict dict)) {
            throw JinjaException.type("format requires a mapping");
        }
        Value found = dict.find(name);
        if (found == null) {
            throw new JinjaException("KeyError", "'" + name + "'", 0);
        }
        return found;
    }
}
