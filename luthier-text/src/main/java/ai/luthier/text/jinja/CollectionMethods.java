package ai.luthier.text.jinja;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Methods of {@code dict}, {@code list} and {@code tuple}. */
final class CollectionMethods {

    private CollectionMethods() {}

    static final Methods DICT = new Methods(
            Map.of(
                    "get", (self, args) -> get((Value.Dict) self, args.atMost(2, "get")),
                    "items", (self, args) -> new Value.View("dict_items", ((Value.Dict) self).items()),
                    "keys", (self, args) -> new Value.View("dict_keys", ((Value.Dict) self).keys()),
                    "values", (self, args) -> new Value.View("dict_values", ((Value.Dict) self).values()),
                    "fromkeys", (self, args) -> fromKeys(args),
                    "copy",
                            (self, args) -> new Value.Dict(
                                    new LinkedHashMap<>(((Value.Dict) self).entries()), ((Value.Dict) self).tag())),
            Set.of("clear", "pop", "popitem", "setdefault", "update"));

    static final Methods LIST = new Methods(
            Map.of(
                    "index", (self, args) -> index(Values.items(self), args),
                    "count", (self, args) -> count(Values.items(self), args),
                    "copy", (self, args) -> self),
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"));

    static final Methods TUPLE = new Methods(
            Map.of(
                    "index", (self, args) -> index(Values.items(self), args),
                    "count", (self, args) -> count(Values.items(self), args)),
            Set.of());

    private static Value get(Value.Dict dict, Args args) {
        Value.Dict.Entry entry = dict.entries().get(Hashing.key(args.require(0, "key")));
        return entry == null ? args.get(1, "default", Value.None.NONE) : entry.value();
    }

    private static Value fromKeys(Args args) {
        Value.Dict dict = Value.Dict.empty();
        Value value = args.get(1, "value", Value.None.NONE);
        Values.items(args.require(0, "iterable")).forEach(key -> dict.put(key, value));
        return dict;
    }

    private static Value index(List<Value> items, Args args) {
        Value wanted = args.require(0, "value");
        int start = bound(args.get(1, "start", Value.Int.of(0)), items.size());
        int stop = bound(args.get(2, "stop", Value.Int.of(items.size())), items.size());
        for (int i = start; i < stop; i++) {
            if (Equality.equal(items.get(i), wanted)) {
                return Value.Int.of(i);
            }
        }
        throw JinjaException.value(Printer.repr(wanted).value() + " is not in list");
    }

    /** An end of the window that {@code index} looks at, negative ones counted from the end. */
    private static int bound(Value given, int size) {
        if (!(given instanceof Value.Int) && !(given instanceof Value.Bool)) {
            throw JinjaException.type("slice indices must be integers or have an __index__ method");
        }
        BigInteger at = Values.toInteger(given);
        BigInteger whole = BigInteger.valueOf(size);
        return (at.signum() < 0 ? at.add(whole).max(BigInteger.ZERO) : at.min(whole)).intValue();
    }

    private static Value count(List<Value> items, Args args) {
        Value wanted = args.require(0, "value");
        return Value.Int.of(
                items.stream().filter(item -> Equality.equal(item, wanted)).count());
    }
}
