package ai.luthier.text.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's {@code "…".format(…)}: fields by position, by number or by name, with attributes, items and a format. */
final class BraceFormat {

    private final Args arguments;
    private final boolean markup;
    private int automatic;
    /** Whether the fields met so far carry a number; null before the first. */
    private @Nullable Boolean numbered;

    private BraceFormat(Args arguments, boolean markup) {
        this.arguments = arguments;
        this.markup = markup;
    }

    static Value format(Text format, Args arguments) {
        return new BraceFormat(arguments, format.markup()).format(format, 0).asMarkup(format.markup());
    }

    /** {@code str.format_map}: fields by name only. */
    static Value formatMap(Text format, Value mapping) {
        Map<String, Value> named = new HashMap<>();
        if (mapping instanceof Value.Dict dict) {
            dict.entries().values().forEach(entry -> {
                if (entry.key() instanceof Text name) {
                    named.put(name.value(), entry.value());
                }
            });
        }
        return format(format, new Args(List.of(), named));
    }

    private Text format(Text format, int depth) {
        if (depth > 2) {
            throw JinjaException.value("Max string recursion exceeded");
        }
        String value = format.value();
        TextBuilder out = new TextBuilder();
        int at = 0;
        while (at < value.length()) {
            char c = value.charAt(at);
            if ((c == '{' || c == '}') && value.startsWith(String.valueOf(c), at + 1)) {
                out.append(format, at, at + 1);
                at += 2;
            } else if (c == '}') {
                throw JinjaException.value("Single '}' encountered in format string");
            } else if (c == '{') {
                int end = closing(value, at);
                out.append(field(format.slice(at + 1, end), depth));
                at = end + 1;
            } else {
                out.append(format, at, at + 1);
                at++;
            }
        }
        return out.build();
    }

    private static int closing(String value, int open) {
        int depth = 0;
        for (int at = open; at < value.length(); at++) {
            depth += value.charAt(at) == '{' ? 1 : value.charAt(at) == '}' ? -1 : 0;
            if (depth == 0) {
                return at;
            }
        }
        throw JinjaException.value("expected '}' before end of string");
    }

    private Text field(Text field, int depth) {
        String value = field.value();
        int colon = value.indexOf(':');
        String head = colon < 0 ? value : value.substring(0, colon);
        int mark = head.indexOf('!');
        String path = mark < 0 ? head : head.substring(0, mark);
        Value found = resolve(path);
        if (mark >= 0) {
            found = converted(found, head.substring(mark + 1));
        }
        String spec = colon < 0
                ? ""
                : format(field.slice(colon + 1, value.length()), depth + 1).value();
        if (spec.isEmpty()) {
            return escaped(Printer.str(found));
        }
        return escaped(FormatSpec.parse(spec, found).apply(found));
    }

    private static Text converted(Value value, String conversion) {
        return switch (conversion) {
            case "s" -> Printer.str(value);
            case "r" -> Printer.repr(value);
            case "a" -> Printer.ascii(value);
            default -> throw JinjaException.value("Unknown conversion specifier " + conversion);
        };
    }

    private Text escaped(Text shown) {
        return markup ? Html.escape(shown).asMarkup(false) : shown;
    }

    private Value resolve(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        Value value = argument(path.substring(0, end));
        while (end < path.length()) {
            boolean item = path.charAt(end) == '[';
            int from = end + 1;
            int to = from;
            while (to < path.length()
                    && (item ? path.charAt(to) != ']' : path.charAt(to) != '.' && path.charAt(to) != '[')) {
                to++;
            }
            String name = path.substring(from, to);
            Value key = item && !name.isEmpty() && name.chars().allMatch(Character::isDigit)
                    ? Value.Int.of(Long.parseLong(name))
                    : Text.of(name);
            value = item ? Attributes.item(value, key) : Attributes.attribute(value, name);
            end = item ? to + 1 : to;
        }
        return value;
    }

    private Value argument(String name) {
        if (name.isEmpty() || name.chars().allMatch(Character::isDigit)) {
            if (numbered != null && numbered == name.isEmpty()) {
                throw JinjaException.value(
                        "cannot switch from manual field specification to automatic field numbering");
            }
            numbered = !name.isEmpty();
            int index = name.isEmpty() ? automatic++ : Integer.parseInt(name);
            if (index >= arguments.positional().size()) {
                throw new JinjaException("IndexError", "tuple index out of range", 0);
            }
            return arguments.positional().get(index);
        }
        Value found = arguments.keywords().get(name);
        if (found == null) {
            throw new JinjaException("KeyError", "'" + name + "'", 0);
        }
        return found;
    }
}
