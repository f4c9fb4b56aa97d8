package ai.luthier.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Filters that look into the items: {@code map}, {@code selectattr}, {@code sort}, {@code groupby}, … */
final class SelectionFilters {

    /** What it costs to apply a filter or a test to one item, in steps. */
    private static final int ITEM = 4;

    private SelectionFilters() {}

    static void register(Map<String, Filters.Filter> all) {
        all.put("map", SelectionFilters::map);
        all.put("select", (interpreter, target, args) -> select(interpreter, target, args, false, true));
        all.put("reject", (interpreter, target, args) -> select(interpreter, target, args, false, false));
        all.put("selectattr", (interpreter, target, args) -> select(interpreter, target, args, true, true));
        all.put("rejectattr", (interpreter, target, args) -> select(interpreter, target, args, true, false));
        all.put("sort", (interpreter, target, args) -> sort(target, args));
        all.put("unique", (interpreter, target, args) -> unique(target, args));
        all.put("groupby", (interpreter, target, args) -> groups(target, args));
        all.put("min", (interpreter, target, args) -> extreme(target, args, 1));
        all.put("max", (interpreter, target, args) -> extreme(target, args, -1));
        all.put("sum", (interpreter, target, args) -> sum(target, args));
    }

    /** {@code a.b.0} looked up step by step, as brackets would; an integer is an index. */
    static Value path(Value item, Value attribute) {
        if (attribute == Value.None.NONE) {
            return item;
        }
        if (!(attribute instanceof Text text)) {
            return Attributes.item(item, attribute);
        }
        Value found = item;
        for (String part : text.value().split("\\.", -1)) {
            boolean index =
                    !part.isEmpty() && part.length() < 10 && part.chars().allMatch(Character::isDigit);
            found = Attributes.item(found, index ? Value.Int.of(Integer.parseInt(part)) : Text.of(part));
        }
        return found;
    }

    /**
     * A generator of {@code items}, which are asked for when the first one is wanted: wrong arguments, an unknown filter or an
     * item that does not fit are errors only where a template comes to them, as in Python.
     */
    private static Value generator(String name, Value target, Function<Stream<Value>, Stream<Value>> items) {
        Supplier<Iterator<Value>> walk = () -> {
            if (!Values.truth(target)) { // None and 0 included
                return Collections.emptyIterator();
            }
            Spliterator<Value> source = Spliterators.spliteratorUnknownSize(Values.iterator(target), 0);
            return items.apply(StreamSupport.stream(source, false)).iterator();
        };
        return new Value.Generator(name, new Iterator<>() {
            private @Nullable Iterator<Value> rest;

            @Override
            public boolean hasNext() {
                if (rest == null) {
                    rest = walk.get();
                }
                return rest.hasNext();
            }

            @Override
            public Value next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return Objects.requireNonNull(rest).next();
            }
        });
    }

    private static Value map(Interpreter interpreter, Value target, Args args) {
        return generator("sync_do_map", target, items -> {
            Function<Value, Value> change = changed(interpreter, args);
            return items.map(item -> {
                interpreter.worked(ITEM);
                return change.apply(item);
            });
        });
    }

    private static Function<Value, Value> changed(Interpreter interpreter, Args args) {
        Value attribute = args.keywords().get("attribute");
        if (args.positional().isEmpty() && attribute == null) {
            throw new JinjaException("FilterArgumentError", "map requires a filter argument", 0);
        }
        if (!args.positional().isEmpty()) {
            Value filter = args.positional().getFirst();
            return item -> Filters.apply(interpreter, Values.expectText(filter).value(), item, args.after(1));
        }
        for (String name : args.keywords().keySet()) {
            if (!name.equals("attribute") && !name.equals("default")) {
                throw JinjaException.argument("Unexpected keyword argument '" + name + "'");
            }
        }
        Value fallback = args.keywords().get("default");
        return item -> {
            Value found = path(item, Objects.requireNonNull(attribute));
            return found instanceof Value.Undefined && fallback != null ? fallback : found;
        };
    }

    private static Value select(Interpreter interpreter, Value target, Args args, boolean byAttribute, boolean keep) {
        return generator("select_or_reject", target, items -> {
            Predicate<Value> wanted = wanted(args, byAttribute);
            return items.filter(item -> {
                interpreter.worked(ITEM);
                return keep == wanted.test(item);
            });
        });
    }

    private static Predicate<Value> wanted(Args args, boolean byAttribute) {
        int used = byAttribute ? 1 : 0;
        if (byAttribute && args.positional().isEmpty()) {
            throw new JinjaException("FilterArgumentError", "Missing parameter for attribute name", 0);
        }
        Function<Value, Value> seen =
                byAttribute ? item -> path(item, args.positional().getFirst()) : item -> item;
        if (args.positional().size() == used) {
            return item -> Values.truth(seen.apply(item));
        }
        Value test = args.positional().get(used);
        Args rest = args.after(used + 1);
        return item -> Tests.holds(Values.expectText(test).value(), seen.apply(item), rest);
    }

    static Value foldedCase(Value value, boolean caseSensitive) {
        return value instanceof Text text && !caseSensitive ? Casing.lower(text) : value;
    }

    private static Function<Value, Value> key(@Nullable Value attribute, boolean caseSensitive) {
        return item -> foldedCase(
                attribute == null || attribute == Value.None.NONE ? item : path(item, attribute), caseSensitive);
    }

    private static Value sort(Value target, Args args) {
        boolean caseSensitive = args.flag(1, "case_sensitive", false);
        Value attribute = args.get(2, "attribute", Value.None.NONE);
        List<Value> attributes =
                attribute instanceof Text several && several.value().contains(",")
                        ? Cutting.split(several, Text.of(","), -1)
                        : List.of(attribute);
        Comparator<Value> order = (_, _) -> 0;
        for (Value each : attributes) {
            // Python compares lists of keys: equal ones, also undefined ones, are passed over.
            order = order.thenComparing(
                    key(each, caseSensitive), (a, b) -> Equality.equal(a, b) ? 0 : Equality.compare(a, b, "<"));
        }
        List<Value> items = new ArrayList<>(Values.items(target));
        items.sort(args.integerFlag(0, "reverse") ? order.reversed() : order);
        return Value.Sequence.of(items);
    }

    private static Value unique(Value target, Args args) {
        Function<Value, Value> key = key(args.find(1, "attribute"), args.flag(0, "case_sensitive", false));
        Set<Object> seen = new HashSet<>();
        List<Value> items = Values.items(target).stream()
                .filter(item -> seen.add(Hashing.key(key.apply(item))))
                .toList();
        return new Value.Generator("do_unique", items.iterator());
    }

    private static Value groups(Value target, Args args) {
        Value attribute = args.require(0, "attribute");
        Value fallback = args.find(1, "default");
        boolean caseSensitive = args.flag(2, "case_sensitive", false);
        Function<Value, Value> key = item -> {
            Value found = path(item, attribute);
            return found instanceof Value.Undefined && fallback != null ? fallback : found;
        };
        List<Value> items = new ArrayList<>(Values.items(target));
        items.sort(Comparator.comparing(
                item -> foldedCase(key.apply(item), caseSensitive), (a, b) -> Equality.compare(a, b, "<")));
        List<Value> groups = new ArrayList<>();
        List<Value> members = new ArrayList<>();
        for (Value item : items) {
            boolean same = !members.isEmpty()
                    && Equality.equal(
                            foldedCase(key.apply(members.getFirst()), caseSensitive),
                            foldedCase(key.apply(item), caseSensitive));
            if (!same) {
                members = new ArrayList<>();
                groups.add(new Value.Tuple(List.of(key.apply(item), Value.Sequence.of(members)), true));
            }
            members.add(item);
        }
        return Value.Sequence.of(groups);
    }

    private static Value extreme(Value target, Args args, int sign) {
        Function<Value, Value> key = key(args.find(1, "attribute"), args.flag(0, "case_sensitive", false));
        Iterator<Value> rest = Values.items(target).iterator();
        if (!rest.hasNext()) {
            return Value.Undefined.of("No aggregated item, sequence was empty.");
        }
        Value best = rest.next();
        while (rest.hasNext()) {
            Value next = rest.next();
            if (sign * Equality.compare(key.apply(next), key.apply(best), sign > 0 ? "<" : ">") < 0) {
                best = next;
            }
        }
        return best;
    }

    private static Value sum(Value target, Args args) {
        Value attribute = args.get(0, "attribute", Value.None.NONE);
        Value total = args.get(1, "start", Value.Int.of(0));
        if (total instanceof Text) {
            throw JinjaException.type("sum() can't sum strings [use ''.join(seq) instead]");
        }
        for (Value item : Values.items(target)) {
            total = Arithmetic.apply("+", total, attribute == Value.None.NONE ? item : path(item, attribute));
        }
        return total;
    }
}
