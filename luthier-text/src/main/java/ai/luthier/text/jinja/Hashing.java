package ai.luthier.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns a value into a key of a Java map, such that what Python holds equal ({@code 1 == 1.0 == True}) is equal. */
final class Hashing {

    private static final int MAX_DEPTH = 16;

    private Hashing() {}

    static Object key(Value value) {
        return key(value, 0);
    }

    private static Object key(Value value, int depth) {
        if (depth > MAX_DEPTH) {
            throw JinjaException.limit("a key is a tuple of tuples deeper than " + MAX_DEPTH);
        }
        return switch (value) {
            case Text text -> text.value();
            case Value.Int number -> number.value();
            case Value.Bool flag -> flag == Value.Bool.TRUE ? BigInteger.ONE : BigInteger.ZERO;
            case Value.Real number -> ofDouble(number.value());
            case Value.Tuple tuple -> {
                List<Object> keys = new ArrayList<>();
                tuple.items().forEach(item -> keys.add(key(item, depth + 1)));
                yield keys;
            }
            case Value.Sequence list -> throw unhashable(list);
            case Value.Dict dict -> throw unhashable(dict);
            case Value.None none -> none;
            case Value.Undefined undefined -> Value.Undefined.class;
            case Value.Range range -> range.items().stream().map(Hashing::key).toList();
            case Value.View view -> throw unhashable(view);
            case Value.Generator generator -> new Identity(generator);
            case Value.Namespace namespace -> new Identity(namespace);
            case Value.Attributed object -> new Identity(object);
            case Value.Callable callable -> new Identity(callable);
        };
    }

    /** Python's {@code is}. */
    static boolean same(Value left, Value right) {
        return new Identity(left).equals(new Identity(right));
    }

    private record Identity(Object object) {
        // Being the same object is what this record is about.
        @SuppressWarnings("ReferenceEquality")
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Identity that && that.object == object;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(object);
        }
    }

    private static JinjaException unhashable(Value value) {
        return JinjaException.type("unhashable type: '" + Values.typeName(value) + "'");
    }

    private static Object ofDouble(double value) {
        boolean whole = !Double.isInfinite(value) && value == Math.rint(value);
        return whole ? new BigDecimal(value).toBigInteger() : (Object) value;
    }
}
