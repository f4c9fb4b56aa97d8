package ai.luthier.text.jinja;

import java.util.HashMap;
import java.util.Map;

/** The tests of Jinja, what stands after {@code is}. */
final class Tests {

    private Tests() {}

    @FunctionalInterface
    private interface Test {
        boolean holds(Value target, Args arguments);
    }

    private static final Map<String, Test> ALL = table();

    static boolean holds(String name, Value target, Args arguments) {
        Test test = ALL.get(name);
        if (test == null) {
            throw new JinjaException("TemplateAssertionError", "No test named '" + name + "'.", 0);
        }
        Signatures.checkTest(name, arguments);
        return test.holds(target, arguments);
    }

    private static Map<String, Test> table() {
        Map<String, Test> all = new HashMap<>();
        all.put("defined", (value, args) -> !(value instanceof Value.Undefined));
        all.put("undefined", (value, args) -> value instanceof Value.Undefined);
        all.put("none", (value, args) -> value == Value.None.NONE);
        all.put("boolean", (value, args) -> value instanceof Value.Bool);
        all.put("true", (value, args) -> value == Value.Bool.TRUE);
        all.put("false", (value, args) -> value == Value.Bool.FALSE);
        all.put("string", (value, args) -> value instanceof Text);
        all.put("integer", (value, args) -> value instanceof Value.Int);
        all.put("float", (value, args) -> value instanceof Value.Real);
        all.put("number", (value, args) -> Values.isNumber(value));
        all.put("mapping", (value, args) -> value instanceof Value.Dict);
        all.put("iterable", (value, args) -> Values.isIterable(value));
        all.put("sequence", (value, args) -> isSequence(value));
        all.put(
                "callable",
                (value, args) -> value instanceof Value.Callable
                        || value instanceof LoopValue
                        || value instanceof Value.Undefined);
        all.put("sameas", (value, args) -> isSame(value, args.require(0, "other")));
        all.put("escaped", (value, args) -> value instanceof Text text && text.markup());
        all.put("lower", (value, args) -> Letters.isCased(Printer.str(value).value(), false));
        all.put("upper", (value, args) -> Letters.isCased(Printer.str(value).value(), true));
        all.put("odd", (value, args) -> Equality.equal(remainder(value, Value.Int.of(2)), Value.Int.of(1)));
        all.put("even", (value, args) -> Equality.equal(remainder(value, Value.Int.of(2)), Value.Int.of(0)));
        all.put(
                "divisibleby",
                (value, args) -> Equality.equal(remainder(value, args.require(0, "num")), Value.Int.of(0)));
        all.put("filter", (value, args) -> Filters.exists(name(value)));
        all.put("test", (value, args) -> ALL.containsKey(name(value)));
        all.put("in", (value, args) -> Equality.contains(args.require(0, "seq"), value));
        compare(all, "==", "eq", "equalto");
        compare(all, "!=", "ne");
        compare(all, "<", "lt", "lessthan");
        compare(all, "<=", "le");
        compare(all, ">", "gt", "greaterthan");
        compare(all, ">=", "ge");
        return all;
    }

    private static void compare(Map<String, Test> all, String operator, String... names) {
        Test test = (value, args) -> Evaluator.holds(operator, value, args.require(0, "other"));
        all.put(operator, test);
        for (String name : names) {
            all.put(name, test);
        }
    }

    /** What has a length and takes an index: Jinja asks for both, and a dict has both. */
    private static boolean isSequence(Value value) {
        return value instanceof Text
                || value instanceof Value.Sequence
                || value instanceof Value.Tuple
                || value instanceof Value.Range
                || value instanceof Value.Dict
                || value instanceof Value.Undefined;
    }

    private static boolean isSame(Value left, Value right) {
        boolean plain = left instanceof Value.Int || left instanceof Text;
        return Hashing.same(left, right)
                || (plain && left.getClass() == right.getClass() && Equality.equal(left, right));
    }

    private static Value remainder(Value value, Value divisor) {
        return Arithmetic.apply("%", value, divisor);
    }

    /** A key of Python's tables of filters and tests: only strings are in them, and what cannot be hashed is refused. */
    private static String name(Value value) {
        return Hashing.key(value) instanceof String name ? name : "";
    }
}
