package ai.luthier.text.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What Python's object model asks of every value: its truth, its type's name, its length, its items. */
final class Values {

    /** No string longer than this becomes a list of its characters. */
    private static final int MAX_CHARACTERS = 1 << 21;

    private Values() {}

    static boolean truth(Value value) {
        return switch (value) {
            case Text text -> !text.isEmpty();
            case Value.Undefined undefined -> false;
            case Value.None none -> false;
            case Value.Bool flag -> flag == Value.Bool.TRUE;
            case Value.Int number -> number.value().signum() != 0;
            case Value.Real number -> number.value() != 0;
            case Value.Sequence list -> !list.items().isEmpty();
            case Value.Tuple tuple -> !tuple.items().isEmpty();
            case Value.Range range -> !range.items().isEmpty();
            case Value.Dict dict -> !dict.entries().isEmpty();
            case Value.View view -> !view.items().isEmpty();
            case Value.Generator generator -> true;
            case Value.Namespace namespace -> true;
            case Value.Attributed object -> true;
            case Value.Callable callable -> true;
        };
    }

    static String typeName(Value value) {
        return switch (value) {
            case Text text -> text.markup() ? "Markup" : "str";
            case Value.Undefined undefined -> "Undefined";
            case Value.None none -> "NoneType";
            case Value.Bool flag -> "bool";
            case Value.Int number -> "int";
            case Value.Real number -> "float";
            case Value.Sequence list -> "list";
            case Value.Tuple tuple -> "tuple";
            case Value.Range range -> "range";
            case Value.Dict dict -> "dict";
            case Value.View view -> view.type();
            case Value.Generator generator -> "generator";
            case Value.Namespace namespace -> "TemplateNamespace";
            case Value.Attributed object -> object.type();
            case Value.Callable callable -> callable instanceof Macro ? "Macro" : "function";
        };
    }

    /** Python's {@code len}, in code points for strings. */
    static int length(Value value) {
        return switch (value) {
            case Text text -> text.length();
            case Value.Undefined undefined -> 0;
            case Value.Sequence list -> list.items().size();
            case Value.Tuple tuple -> tuple.items().size();
            case Value.Range range -> range.items().size();
            case Value.Dict dict -> dict.entries().size();
            case Value.View view -> view.items().size();
            case LoopValue loop -> loop.length();
            default -> throw JinjaException.type("object of type '" + typeName(value) + "' has no len()");
        };
    }

    static boolean isIterable(Value value) {
        return switch (value) {
            case Value.None none -> false;
            case Value.Bool flag -> false;
            case Value.Int number -> false;
            case Value.Real number -> false;
            case Value.Namespace namespace -> false;
            case Value.Callable callable -> false;
            case Value.Attributed object -> object instanceof LoopValue;
            case Text text -> true;
            case Value.Undefined undefined -> true;
            case Value.Sequence list -> true;
            case Value.Tuple tuple -> true;
            case Value.Range range -> true;
            case Value.Dict dict -> true;
            case Value.View view -> true;
            case Value.Generator generator -> true;
        };
    }

    /** The items a {@code for} loop walks: characters of a string, keys of a dict. Walks a generator to its end. */
    static List<Value> items(Value value) {
        return switch (value) {
            case Value.Sequence list -> list.items();
            case Value.Tuple tuple -> tuple.items();
            case Value.Range range -> range.items();
            case Value.View view -> view.items();
            case Value.Dict dict -> dict.keys();
            case Text text -> characters(text);
            case Value.Undefined undefined -> List.of();
            case Value.Generator generator -> {
                List<Value> items = new ArrayList<>();
                generator.rest().forEachRemaining(items::add);
                yield items;
            }
            default -> throw JinjaException.type("'" + typeName(value) + "' object is not iterable");
        };
    }

    /** The same items one by one; what is not taken of a generator stays in it. */
    static Iterator<Value> iterator(Value value) {
        return value instanceof Value.Generator generator
                ? generator.rest()
                : items(value).iterator();
    }

    private static List<Value> characters(Text text) {
        if (text.value().length() > MAX_CHARACTERS) {
            throw JinjaException.limit("a string of more than " + MAX_CHARACTERS + " characters is taken apart");
        }
        List<Value> characters = new ArrayList<>(text.value().length());
        for (int at = 0; at < text.value().length(); ) {
            int next = at + Character.charCount(text.value().codePointAt(at));
            // Also of Markup: iterating it gives plain strings.
            characters.add(text.slice(at, next).asMarkup(false));
            at = next;
        }
        return characters;
    }

    static BigInteger toInteger(Value value) {
        return switch (value) {
            case Value.Int number -> number.value();
            case Value.Bool flag -> flag == Value.Bool.TRUE ? BigInteger.ONE : BigInteger.ZERO;
            case Value.Undefined undefined -> throw undefined.error();
            default ->
                throw JinjaException.type("'" + typeName(value) + "' object cannot be interpreted as an integer");
        };
    }

    static int toInt(Value value) {
        BigInteger number = toInteger(value);
        if (number.bitLength() > 31) {
            throw new JinjaException("OverflowError", "the number " + number + " is too large here", 0);
        }
        return number.intValue();
    }

    static boolean isNumber(Value value) {
        return value instanceof Value.Int || value instanceof Value.Real || value instanceof Value.Bool;
    }

    static double toDouble(Value value) {
        if (value instanceof Value.Real number) {
            return number.value();
        }
        double converted = toInteger(value).doubleValue();
        if (Double.isInfinite(converted)) {
            throw JinjaException.overflow("int too large to convert to float");
        }
        return converted;
    }

    static Text expectText(Value value) {
        if (value instanceof Text text) {
            return text;
        }
        if (value instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        throw JinjaException.type("expected str, got " + typeName(value));
    }
}
