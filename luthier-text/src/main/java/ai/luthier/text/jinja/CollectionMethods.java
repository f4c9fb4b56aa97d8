package ai.luthier.text.jinja;

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

    private static Value index(List<Value> items, Args args) {
        Value wanted = args.require(0, "value");
        for (int i = 0; i < items.size(); i++) {
            if (Equality.equal(items.get(i), wanted)) {
                return Value.Int.of(i);
            }
        }
        throw JinjaException.value(Printer.repr(wanted).value() + " is not in list");
    }

    private static Value count(List<Value> items, Args args) {
        Value wanted = args.require(0, "value");
        return Value.Int.of(
                items.stream().filter(item -> Equality.equal(item, wanted)).count());
    }
}
