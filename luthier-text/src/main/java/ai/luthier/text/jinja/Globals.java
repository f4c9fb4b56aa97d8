package ai.luthier.text.jinja;

import java.math.BigInteger;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions every template can call. */
final class Globals {

    /** The bound that Jinja's sandbox sets on {@code range}. */
    private static final int MAX_RANGE = 100_000;

    private Globals() {}

    static final Map<String, Value> ALL = table();

    private static Map<String, Value> table() {
        Map<String, Value> all = new HashMap<>();
        put(all, "range", (interpreter, args) -> range(args.atMost(3, "range")));
        put(all, "dict", (interpreter, args) -> dict(args));
        put(all, "namespace", (interpreter, args) -> namespace(args));
        put(all, "cycler", (interpreter, args) -> new Cycler(args.positional()));
        put(all, "lipsum", (interpreter, args) -> {
            throw new JinjaException(
                    "TemplateRuntimeError",
                    "lipsum() writes words by chance, and a chat template has to give the same text each time",
                    0);
        });
        put(all, "joiner", (interpreter, args) -> joiner(args.get(0, "sep", Text.of(", "))));
        put(all, "raise_exception", (interpreter, args) -> {
            throw new JinjaException(
                    "TemplateError", Printer.str(args.require(0, "message")).value(), 0);
        });
        put(
                all,
                "strftime_now",
                (interpreter, args) -> Text.of(Strftime.format(
                        Values.expectText(args.require(0, "format")).value(),
                        ZonedDateTime.now(interpreter.settings().clock()))));
        return Map.copyOf(all);
    }

    private static void put(Map<String, Value> all, String name, Function.Body body) {
        all.put(name, new Function(name, body));
    }

    private static Value range(Args args) {
        BigInteger first = Values.toInteger(args.require(0, "start"));
        boolean one = args.positional().size() == 1;
        BigInteger start = one ? BigInteger.ZERO : first;
        BigInteger stop = one ? first : Values.toInteger(args.require(1, "stop"));
        BigInteger step = args.positional().size() > 2 ? Values.toInteger(args.require(2, "step")) : BigInteger.ONE;
        if (step.signum() == 0) {
            throw JinjaException.value("range() arg 3 must not be zero");
        }
        BigInteger gap = step.signum() > 0 ? stop.subtract(start) : start.subtract(stop);
        BigInteger count = gap.signum() <= 0
                ? BigInteger.ZERO
                : gap.add(step.abs()).subtract(BigInteger.ONE).divide(step.abs());
        if (count.compareTo(BigInteger.valueOf(MAX_RANGE)) > 0) {
            throw new JinjaException(
                    "OverflowError",
                    "Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + MAX_RANGE + ").",
                    0);
        }
        List<Value> items = new ArrayList<>(count.intValue());
        BigInteger next = start;
        for (int i = 0; i < count.intValue(); i++) {
            items.add(new Value.Int(next, 0));
            next = next.add(step);
        }
        return new Value.Range(start, stop, step, items);
    }

    private static Value.Dict dict(Args args) {
        Value.Dict dict = Value.Dict.empty();
        if (!args.positional().isEmpty()) {
            Value given = args.positional().getFirst();
            List<Value> pairs = given instanceof Value.Dict other ? other.items() : Values.items(given);
            for (Value pair : pairs) {
                List<Value> both = Values.items(pair);
                if (both.size() != 2) {
                    throw JinjaException.value(
                            "dictionary update sequence element has length " + both.size() + "; 2 is required");
                }
                dict.put(both.get(0), both.get(1));
            }
        }
        args.keywords().forEach((name, value) -> dict.put(Text.of(name), value));
        return dict;
    }

    private static Value namespace(Args args) {
        Map<String, Value> attributes = new LinkedHashMap<>();
        dict(args).entries().values().forEach(entry -> {
            String name = Values.expectText(entry.key()).value();
            checkAttribute(name);
            attributes.put(name, entry.value());
        });
        return new Value.Namespace(attributes);
    }

    /** Namespaces of transformers refuse names that begin with an underscore. */
    static void checkAttribute(String name) {
        if (name.startsWith("_")) {
            throw JinjaException.security(
                    "Chat templates cannot store underscore-prefixed attributes on a namespace, but got '" + name
                            + "'. Please rename the attribute.");
        }
    }

    private static Value joiner(Value separator) {
        boolean[] used = {false};
        return new Function("joiner", (interpreter, args) -> {
            Value shown = used[0] ? separator : Text.EMPTY;
            used[0] = true;
            return shown;
        });
    }

    /** {@code cycler('odd', 'even')}. */
    private static final class Cycler implements Value.Attributed {
        private final List<Value> items;
        private int at;

        Cycler(List<Value> items) {
            if (items.isEmpty()) {
                throw new JinjaException("RuntimeError", "at least one item has to be provided", 0);
            }
            this.items = items;
        }

        @Override
        public String type() {
            return "Cycler";
        }

        @Override
        public @Nullable Value attribute(String name) {
            return switch (name) {
                case "current" -> items.get(at);
                case "next" ->
                    new Function("next", (interpreter, args) -> {
                        Value current = items.get(at);
                        at = (at + 1) % items.size();
                        return current;
                    });
                case "reset" ->
                    new Function("reset", (interpreter, args) -> {
                        at = 0;
                        return Value.None.NONE;
                    });
                default -> null;
            };
        }
    }
}
