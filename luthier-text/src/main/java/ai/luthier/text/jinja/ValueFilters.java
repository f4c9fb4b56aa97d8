package ai.luthier.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters on any value: defaults, numbers, dictionaries, JSON. */
final class ValueFilters {

    private ValueFilters() {}

    static void register(Map<String, Filters.Filter> all) {
        all.put("default", (interpreter, target, args) -> orDefault(target, args));
        all.put("d", (interpreter, target, args) -> orDefault(target, args));
        all.put("tojson", (interpreter, target, args) -> Json.write(target, args));
        all.put("length", (interpreter, target, args) -> Value.Int.of(Values.length(target)));
        all.put("count", (interpreter, target, args) -> Value.Int.of(Values.length(target)));
        all.put("abs", (interpreter, target, args) -> absolute(target));
        all.put("int", (interpreter, target, args) -> integer(target, args));
        all.put("float", (interpreter, target, args) -> real(target, args));
        all.put("round", (interpreter, target, args) -> round(target, args));
        all.put("items", (interpreter, target, args) -> items(target));
        all.put("dictsort", (interpreter, target, args) -> sorted(target, args));
        all.put(
                "attr",
                (interpreter, target, args) -> Attributes.attributeOnly(
                        target, Values.expectText(args.require(0, "name")).value()));
        all.put("pprint", (interpreter, target, args) -> Printer.repr(target));
    }

    private static Value orDefault(Value target, Args args) {
        boolean missing =
                target instanceof Value.Undefined || (args.flag(1, "boolean", false) && !Values.truth(target));
        return missing ? args.get(0, "default_value", Text.EMPTY) : target;
    }

    private static Value absolute(Value target) {
        if (target instanceof Value.Real number) {
            return new Value.Real(Math.abs(number.value()), 0);
        }
        if (!Values.isNumber(target)) {
            throw JinjaException.type("bad operand type for abs(): '" + Values.typeName(target) + "'");
        }
        return new Value.Int(Values.toInteger(target).abs(), 0);
    }

    private static Value integer(Value target, Args args) {
        Value fallback = args.get(0, "default", Value.Int.of(0));
        Value base = args.get(1, "base", Value.Int.of(10));
        if (target instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        try {
            return switch (target) {
                case Text text -> new Value.Int(parsed(text.value(), base), 0);
                case Value.Real number when !Double.isFinite(number.value()) -> fallback;
                case Value.Real number -> new Value.Int(PercentFormat.truncated(number), 0);
                case Value.Int number -> number;
                case Value.Bool flag -> new Value.Int(Values.toInteger(flag), 0);
                default -> fallback;
            };
        } catch (NumberFormatException e) {
            return fallback;
        }
    }

    /** Python's {@code int(text, base)}, with {@code int(float(text))} behind it. */
    private static BigInteger parsed(String text, Value given) {
        boolean isBase = (given instanceof Value.Int || given instanceof Value.Bool)
                && Values.toInteger(given).bitLength() < 7;
        int base = isBase ? Values.toInt(given) : -1;
        String digits = text.strip().replace("_", "").toLowerCase(Locale.ROOT);
        String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
        String bare = !prefix.isEmpty() && digits.startsWith(prefix) ? digits.substring(2) : digits;
        if (bare.length() > 4300) {
            throw new NumberFormatException("too many digits");
        }
        try {
            // A base that Python refuses leaves the number to float, as digits that are none do.
            return new BigInteger(bare, base == 0 ? 10 : base);
        } catch (NumberFormatException e) {
            double real = parsedReal(digits);
            if (!Double.isFinite(real)) {
                throw new NumberFormatException(text);
            }
            return PercentFormat.truncated(new Value.Real(real, 0));
        }
    }

    /** Python's {@code float(text)}; underscores may stand between digits. */
    static double parsedReal(String text) {
        String number = text.strip().toLowerCase(Locale.ROOT);
        String bare = number.startsWith("-") || number.startsWith("+") ? number.substring(1) : number;
        double sign = number.startsWith("-") ? -1 : 1;
        if (bare.equals("inf") || bare.equals("infinity")) {
            return sign * Double.POSITIVE_INFINITY;
        }
        if (bare.equals("nan")) {
            return Double.NaN;
        }
        StringBuilder digits = new StringBuilder();
        for (int at = 0; at < bare.length(); at++) {
            char c = bare.charAt(at);
            boolean between = at > 0
                    && at + 1 < bare.length()
                    && Character.isDigit(bare.charAt(at - 1))
                    && Character.isDigit(bare.charAt(at + 1));
            if (c == '_' && between) {
                continue;
            }
            if (!Character.isDigit(c) && ".e+-".indexOf(c) < 0) {
                throw new NumberFormatException(text);
            }
            digits.append(Character.isDigit(c) ? (char) ('0' + Character.digit(c, 10)) : c);
        }
        return sign * Double.parseDouble(digits.toString());
    }

    private static Value real(Value target, Args args) {
        Value fallback = args.get(0, "default", new Value.Real(0, 0));
        try {
            return switch (target) {
                case Text text -> new Value.Real(parsedReal(text.value()), 0);
                case Value.Undefined undefined -> throw undefined.error();
                default -> Values.isNumber(target) ? new Value.Real(Values.toDouble(target), 0) : fallback;
            };
        } catch (NumberFormatException e) {
            return fallback;
        }
    }

    private static Value round(Value target, Args args) {
        int digits = args.integer(0, "precision", 0);
        Text method = args.text(1, "method");
        RoundingMode mode = switch (method == null ? "common" : method.value()) {
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            case "common" -> RoundingMode.HALF_EVEN;
            default -> throw new JinjaException("FilterArgumentError", "method must be common, ceil or floor", 0);
        };
        if (!Values.isNumber(target)) {
            if (mode != RoundingMode.HALF_EVEN && target instanceof Value.Undefined undefined) {
                throw undefined.error();
            }
            throw JinjaException.type("type " + Values.typeName(target) + " doesn't define __round__ method");
        }
        int places = Math.clamp(digits, -400, 400);
        if (mode != RoundingMode.HALF_EVEN) {
            return towards(target, places, mode);
        }
        if (!(target instanceof Value.Real number)) {
            BigDecimal whole = new BigDecimal(Values.toInteger(target));
            return new Value.Int(
                    whole.setScale(Math.min(0, places), RoundingMode.HALF_EVEN).toBigInteger(), 0);
        }
        return new Value.Real(Arithmetic.round(number.value(), places, mode), 0);
    }

    /** Jinja's own way: {@code math.ceil(value * 10**precision) / 10**precision}, binary noise included. */
    private static Value towards(Value target, int places, RoundingMode mode) {
        Value factor = Arithmetic.apply("**", Value.Int.of(10), Value.Int.of(places));
        Value scaled = Arithmetic.apply("*", target, factor);
        BigInteger whole = scaled instanceof Value.Real real && Double.isFinite(real.value())
                ? new BigDecimal(real.value()).setScale(0, mode).toBigInteger()
                : PercentFormat.truncated(scaled);
        return Arithmetic.apply("/", new Value.Int(whole, 0), factor);
    }

    private static Value items(Value target) {
        if (target instanceof Value.Undefined) {
            return Value.Sequence.of(List.of());
        }
        if (!(target instanceof Value.Dict dict)) {
            throw JinjaException.type("Can only get item pairs from a mapping.");
        }
        return new Value.Generator("do_items", dict.items().iterator());
    }

    private static Value sorted(Value target, Args args) {
        if (!(target instanceof Value.Dict dict)) {
            throw target instanceof Value.Undefined undefined
                    ? undefined.error()
                    : JinjaException.attribute(target, "items");
        }
        boolean caseSensitive = args.flag(0, "case_sensitive", false);
        Text by = args.text(1, "by");
        if (by != null && !by.value().equals("key") && !by.value().equals("value")) {
            throw JinjaException.argument("You can only sort by either \"key\" or \"value\"");
        }
        int part = by != null && by.value().equals("value") ? 1 : 0;
        Comparator<Value> order = Comparator.comparing(
                pair -> SelectionFilters.foldedCase(((Value.Tuple) pair).items().get(part), caseSensitive),
                (a, b) -> Equality.compare(a, b, "<"));
        if (args.integerFlag(2, "reverse")) {
            order = order.reversed();
        }
        return Value.Sequence.of(dict.items().stream().sorted(order).toList());
    }
}
