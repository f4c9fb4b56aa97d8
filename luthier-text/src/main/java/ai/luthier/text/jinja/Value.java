package ai.luthier.text.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a template can hold: Python's values, and nothing of the JVM. Where a number or a collection came from data, its
 * {@code tag} says so (0 is the template itself), so that what is printed of it is marked.
 */
sealed interface Value
        permits Text,
                Value.Undefined,
                Value.None,
                Value.Bool,
                Value.Int,
                Value.Real,
                Value.Sequence,
                Value.Tuple,
                Value.Range,
                Value.Dict,
                Value.View,
                Value.Generator,
                Value.Namespace,
                Value.Attributed,
                Value.Callable {

    /** What Jinja gives for a name, attribute or item that is not there; {@code message} is the error on its use. */
    record Undefined(String message, boolean unsafe) implements Value {
        static Undefined of(String message) {
            return new Undefined(message, false);
        }

        JinjaException error() {
            return unsafe ? JinjaException.security(message) : JinjaException.undefined(message);
        }
    }

    /** Python's {@code None}. */
    enum None implements Value {
        NONE
    }

    enum Bool implements Value {
        FALSE,
        TRUE;

        static Bool of(boolean value) {
            return value ? TRUE : FALSE;
        }
    }

    record Int(BigInteger value, int tag) implements Value {
        static Int of(long value) {
            return new Int(BigInteger.valueOf(value), 0);
        }
    }

    record Real(double value, int tag) implements Value {}

    /** A {@code list}; templates cannot mutate it, as in the sandbox of transformers. */
    record Sequence(List<Value> items, int tag) implements Value {
        static Sequence of(List<Value> items) {
            return new Sequence(items, 0);
        }
    }

    /** A {@code tuple}; a {@code group} is one of those that {@code groupby} gives, with {@code grouper} and {@code list}. */
    record Tuple(List<Value> items, boolean group) implements Value {
        Tuple(List<Value> items) {
            this(items, false);
        }
    }

    record Range(BigInteger start, BigInteger stop, BigInteger step, List<Value> items) implements Value {}

    /** A {@code dict}; {@code entries} is keyed by {@link Hashing#key}. */
    record Dict(Map<Object, Entry> entries, int tag) implements Value {
        record Entry(Value key, Value value) {}

        static Dict empty() {
            return new Dict(new LinkedHashMap<>(), 0);
        }

        @Nullable
        Value find(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        void put(Value key, Value value) {
            Object hashed = Hashing.key(key);
            Entry known = entries.get(hashed);
            entries.put(hashed, new Entry(known == null ? key : known.key(), value));
        }

        List<Value> keys() {
            List<Value> keys = new ArrayList<>(entries.size());
            entries.values().forEach(entry -> keys.add(entry.key()));
            return keys;
        }

        List<Value> values() {
            List<Value> values = new ArrayList<>(entries.size());
            entries.values().forEach(entry -> values.add(entry.value()));
            return values;
        }

        List<Value> items() {
            List<Value> items = new ArrayList<>(entries.size());
            entries.values().forEach(entry -> items.add(new Tuple(List.of(entry.key(), entry.value()))));
            return items;
        }
    }

    /** What {@code dict.items()}, {@code keys()} and {@code values()} give; {@code type} is Python's type name. */
    record View(String type, List<Value> items) implements Value {}

    /** A Python generator: what {@code map}, {@code select} and their like give. It can be walked once. */
    record Generator(String name, Iterator<Value> rest) implements Value {}

    /** {@code namespace()}: the one value a template may write to. */
    record Namespace(Map<String, Value> attributes) implements Value {}

    /** An object with attributes and no more: a loop, a cycler. */
    non-sealed interface Attributed extends Value {
        @Nullable
        Value attribute(String name);

        String type();

        /** Its {@code repr}. */
        default String shown() {
            return "<" + type() + ">";
        }
    }

    /** Something to call: a macro, a function, a method bound to its receiver. */
    non-sealed interface Callable extends Value {
        String name();

        Value call(Interpreter interpreter, Args arguments);
    }
}
