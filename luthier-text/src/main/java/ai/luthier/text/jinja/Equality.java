package ai.luthier.text.jinja;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's {@code ==}, its ordering, and {@code in}. */
final class Equality {

    /** How many pairs one comparison may look at: lists that hold each other twice are small and have endless leaves. */
    private static final int MAX_PAIRS = 1 << 22;

    /** Counts the pairs that one comparison has looked at. */
    private static final class Pairs {
        private int left = MAX_PAIRS;

        void next() {
            if (--left < 0) {
                throw JinjaException.limit("a comparison looks at more than " + MAX_PAIRS + " values");
            }
        }
    }

    private Equality() {}

    static boolean equal(Value left, Value right) {
        return equal(left, right, new Pairs());
    }

    private static boolean equal(Value left, Value right, Pairs pairs) {
        pairs.next();
        if (Values.isNumber(left) && Values.isNumber(right)) {
            return equalNumbers(left, right);
        }
        return switch (left) {
            case Text text -> right instanceof Text other && text.value().equals(other.value());
            case Value.Undefined undefined -> right instanceof Value.Undefined;
            case Value.Sequence list ->
                right instanceof Value.Sequence other && equalItems(list.items(), other.items(), pairs);
            case Value.Tuple tuple ->
                right instanceof Value.Tuple other && equalItems(tuple.items(), other.items(), pairs);
            case Value.Range range ->
                right instanceof Value.Range other && equalItems(range.items(), other.items(), pairs);
            case Value.Dict dict ->
                right instanceof Value.Dict other && equalDicts(dict.entries(), other.entries(), pairs);
            case Value.View view ->
                right instanceof Value.View other
                        && view.type().equals(other.type())
                        && equalItems(view.items(), other.items(), pairs);
            default -> Hashing.same(left, right);
        };
    }

    private static boolean equalNumbers(Value left, Value right) {
        if (left instanceof Value.Real || right instanceof Value.Real) {
            double a = Values.toDouble(left);
            double b = Values.toDouble(right);
            return a == b && compareNumbers(left, right) == 0;
        }
        return Values.toInteger(left).equals(Values.toInteger(right));
    }

    private static boolean equalItems(List<Value> left, List<Value> right, Pairs pairs) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i), pairs)) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalDicts(
            Map<Object, Value.Dict.Entry> left, Map<Object, Value.Dict.Entry> right, Pairs pairs) {
        return left.size() == right.size()
                && left.entrySet().stream().allMatch(entry -> {
                    Value.Dict.Entry other = right.get(entry.getKey());
                    return other != null && equal(entry.getValue().value(), other.value(), pairs);
                });
    }

    /** Negative, zero or positive; {@code operator} stands in the error where the two have no order. */
    static int compare(Value left, Value right, String operator) {
        return compare(left, right, operator, new Pairs());
    }

    private static int compare(Value left, Value right, String operator, Pairs pairs) {
        if (left instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        if (right instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        if (Values.isNumber(left) && Values.isNumber(right)) {
            return compareNumbers(left, right);
        }
        if (left instanceof Text a && right instanceof Text b) {
            return compareCodePoints(a.value(), b.value());
        }
        if (left instanceof Value.Sequence a && right instanceof Value.Sequence b) {
            return compareItems(a.items(), b.items(), operator, pairs);
        }
        if (left instanceof Value.Tuple a && right instanceof Value.Tuple b) {
            return compareItems(a.items(), b.items(), operator, pairs);
        }
        throw JinjaException.type("'" + operator + "' not supported between instances of '" + Values.typeName(left)
                + "' and '" + Values.typeName(right) + "'");
    }

    private static int compareNumbers(Value left, Value right) {
        double a = Values.toDouble(left);
        double b = Values.toDouble(right);
        if (Double.isNaN(a) || Double.isNaN(b) || Double.isInfinite(a) || Double.isInfinite(b)) {
            return Double.compare(a, b);
        }
        return exact(left).compareTo(exact(right));
    }

    private static BigDecimal exact(Value number) {
        return number instanceof Value.Real real
                ? new BigDecimal(real.value())
                : new BigDecimal(Values.toInteger(number));
    }

    /** Python orders strings by code points; Java's {@code compareTo} by UTF-16 units. */
    static int compareCodePoints(String left, String right) {
        int shorter = Math.min(left.length(), right.length());
        int at = 0;
        while (at < shorter && left.charAt(at) == right.charAt(at)) {
            at++;
        }
        if (at == shorter) {
            return Integer.compare(left.length(), right.length());
        }
        if (at > 0 && Character.isSurrogatePair(left.charAt(at - 1), left.charAt(at))) {
            at--;
        }
        return Integer.compare(left.codePointAt(at), right.codePointAt(at));
    }

    private static int compareItems(List<Value> left, List<Value> right, String operator, Pairs pairs) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            if (!equal(left.get(i), right.get(i), pairs)) {
                return compare(left.get(i), right.get(i), operator, pairs);
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    /** {@code item in container}. */
    static boolean contains(Value container, Value item) {
        return switch (container) {
            case Text text -> {
                if (!(item instanceof Text part)) {
                    throw JinjaException.type(
                            "'in <string>' requires string as left operand, not " + Values.typeName(item));
                }
                yield text.value().contains(part.value());
            }
            case Value.Dict dict -> dict.entries().containsKey(Hashing.key(item));
            case Value.Callable callable ->
                throw JinjaException.type("argument of type '" + Values.typeName(container) + "' is not iterable");
            default -> {
                if (!Values.isIterable(container)) {
                    throw JinjaException.type("argument of type '" + Values.typeName(container) + "' is not iterable");
                }
                Iterator<Value> candidates = Values.iterator(container);
                boolean found = false;
                while (!found && candidates.hasNext()) {
                    found = equal(candidates.next(), item);
                }
                yield found;
            }
        };
    }
}
