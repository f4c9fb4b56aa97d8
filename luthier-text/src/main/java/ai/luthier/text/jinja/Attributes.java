package ai.luthier.text.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code a.b}, {@code a[b]} and {@code a[b:c]} give. A dot tries Python's attributes (a fixed list of methods) before
 * items, brackets the other way round; what is in neither is undefined. Names that begin with an underscore, and methods
 * that would mutate, are refused on use, as in the sandbox.
 */
final class Attributes {

    private Attributes() {}

    /** The filter {@code attr}: an attribute only, never an item. */
    static Value attributeOnly(Value target, String name) {
        if (target instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        Value found = own(target, name);
        return found == null ? missing(target, name) : found;
    }

    static Value attribute(Value target, String name) {
        if (target instanceof Value.Undefined nothing && !nothing.unsafe() && isSpecial(name)) {
            return unsafe(target, name);
        }
        if (target instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        Value found = own(target, name);
        if (found == null && target instanceof Value.Dict dict) {
            found = dict.find(name);
        }
        return found == null ? missing(target, name) : found;
    }

    static Value item(Value target, Value index) {
        if (target instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        Value found = plainItem(target, index);
        if (found == null && index instanceof Text name) {
            found = own(target, name.value());
            return found == null ? missing(target, name.value()) : found;
        }
        if (found == null) {
            return Value.Undefined.of(
                    typeShown(target) + " has no element " + Printer.repr(index).value());
        }
        return found;
    }

    private static Value missing(Value target, String name) {
        String quote = name.indexOf('\'') >= 0 ? "\"" : "'";
        return Value.Undefined.of("'" + typeShown(target) + "' has no attribute " + quote + name + quote);
    }

    private static String typeShown(Value target) {
        return switch (target) {
            case Value.None none -> "None";
            case Value.Namespace namespace -> "transformers.utils.chat_template_utils.TemplateNamespace object";
            case LoopValue loop -> "jinja2.runtime.LoopContext object";
            default -> Values.typeName(target) + " object";
        };
    }

    /** A method or attribute of the value's Python type; null where it has none of that name. */
    private static @Nullable Value own(Value target, String name) {
        if (isSpecial(name)) {
            return unsafe(target, name);
        }
        if (target instanceof Value.Namespace namespace) {
            return namespace.attributes().get(name);
        }
        if (target instanceof Value.Attributed object) {
            return object.attribute(name);
        }
        if (target instanceof Value.Range range
                && Set.of("start", "stop", "step").contains(name)) {
            BigInteger found = name.equals("start") ? range.start() : name.equals("stop") ? range.stop() : range.step();
            return new Value.Int(found, 0);
        }
        if (target instanceof Value.Tuple tuple
                && tuple.group()
                && Set.of("grouper", "list").contains(name)) {
            return tuple.items().get(name.equals("grouper") ? 0 : 1);
        }
        if (target instanceof Macro macro) {
            return macro.attribute(name);
        }
        if (Values.isNumber(target)) {
            Value part = NumberMethods.part(target, name);
            if (part != null) {
                return part;
            }
        }
        Methods methods = Methods.of(target);
        if (methods.mutates(name)) {
            return unsafe(target, name);
        }
        return methods.has(name) ? new BoundMethod(target, methods, name) : null;
    }

    private static boolean isSpecial(String name) {
        return name.startsWith("__") && name.endsWith("__") && name.length() > 4;
    }

    private static Value unsafe(Value target, String name) {
        return new Value.Undefined(
                "access to attribute '" + name + "' of '" + Values.typeName(target) + "' object is unsafe.", true);
    }

    private static @Nullable Value plainItem(Value target, Value index) {
        return switch (target) {
            case Value.Dict dict -> {
                Value.Dict.Entry entry = index instanceof Value.Sequence || index instanceof Value.Dict
                        ? null
                        : dict.entries().get(Hashing.key(index));
                yield entry == null ? null : entry.value();
            }
            case Text text -> {
                int at = position(index, text.length());
                if (at < 0) {
                    yield null;
                }
                int start = text.offset(at);
                yield text.slice(start, start + Character.charCount(text.value().codePointAt(start)));
            }
            case Value.Sequence list -> itemOf(list.items(), index);
            case Value.Tuple tuple -> itemOf(tuple.items(), index);
            case Value.Range range -> itemOf(range.items(), index);
            default -> null;
        };
    }

    private static @Nullable Value itemOf(List<Value> items, Value index) {
        int at = position(index, items.size());
        return at < 0 ? null : items.get(at);
    }

    /** A Python index in {@code [0, length)}, negative ones counted from the end; -1 where there is nothing. */
    private static int position(Value index, int length) {
        if (!(index instanceof Value.Int) && !(index instanceof Value.Bool)) {
            return -1;
        }
        BigInteger at = Values.toInteger(index);
        if (at.signum() < 0) {
            at = at.add(BigInteger.valueOf(length));
        }
        return at.signum() < 0 || at.compareTo(BigInteger.valueOf(length)) >= 0 ? -1 : at.intValue();
    }

    /** {@code target[start:stop:step]}, each end None where it is left out. */
    static Value slice(Value target, Value start, Value stop, Value step) {
        if (target instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        return switch (target) {
            case Text text -> sliced(text, start, stop, step);
            case Value.Sequence list -> new Value.Sequence(picked(list.items(), start, stop, step), list.tag());
            case Value.Tuple tuple -> new Value.Tuple(picked(tuple.items(), start, stop, step));
            case Value.Range range -> range(range, start, stop, step);
            case Value.Dict dict -> throw JinjaException.type("unhashable type: 'slice'");
            default -> throw JinjaException.type("'" + Values.typeName(target) + "' object is not subscriptable");
        };
    }

    private static Value range(Value.Range range, Value start, Value stop, Value step) {
        int size = range.items().size();
        int stride = step == Value.None.NONE
                ? 1
                : index(step).max(LOWEST).min(HIGHEST).intValue();
        List<Value> items = picked(range.items(), start, stop, step);
        int from = clamp(start, stride > 0 ? 0 : size - 1, size, stride);
        int to = clamp(stop, stride > 0 ? size : -1, size, stride);
        return new Value.Range(
                range.start().add(range.step().multiply(BigInteger.valueOf(from))),
                range.start().add(range.step().multiply(BigInteger.valueOf(to))),
                range.step().multiply(BigInteger.valueOf(stride)),
                items);
    }

    private static Text sliced(Text text, Value start, Value stop, Value step) {
        int length = text.length();
        if (step == Value.None.NONE) {
            int from = clamp(start, 0, length, 1);
            int to = Math.max(from, clamp(stop, length, length, 1));
            int first = text.offset(from);
            return text.slice(first, text.value().offsetByCodePoints(first, to - from));
        }
        TextBuilder out = new TextBuilder();
        picked(Values.items(text), start, stop, step).forEach(character -> out.append((Text) character));
        return out.build();
    }

    private static List<Value> picked(List<Value> items, Value start, Value stop, Value step) {
        int stride = step == Value.None.NONE
                ? 1
                : index(step).max(LOWEST).min(HIGHEST).intValue();
        if (stride == 0) {
            throw JinjaException.value("slice step cannot be zero");
        }
        int size = items.size();
        int from = clamp(start, stride > 0 ? 0 : size - 1, size, stride);
        int to = clamp(stop, stride > 0 ? size : -1, size, stride);
        if (stride == 1) {
            return items.subList(from, Math.max(from, to));
        }
        List<Value> picked = new ArrayList<>();
        for (long at = from; stride > 0 ? at < to : at > to; at += stride) {
            picked.add(items.get((int) at));
        }
        return picked;
    }

    private static final BigInteger LOWEST = BigInteger.valueOf(-Integer.MAX_VALUE);

    private static final BigInteger HIGHEST = BigInteger.valueOf(Integer.MAX_VALUE);

    private static BigInteger index(Value value) {
        if (value instanceof Value.Undefined undefined) {
            throw undefined.error();
        }
        if (!(value instanceof Value.Int) && !(value instanceof Value.Bool)) {
            throw JinjaException.type("slice indices must be integers or None or have an __index__ method");
        }
        return Values.toInteger(value);
    }

    private static int clamp(Value end, int absent, int size, int stride) {
        if (end == Value.None.NONE) {
            return absent;
        }
        BigInteger at = index(end);
        if (at.signum() < 0) {
            at = at.add(BigInteger.valueOf(size));
        }
        int lowest = stride > 0 ? 0 : -1;
        int highest = stride > 0 ? size : size - 1;
        return at.max(BigInteger.valueOf(lowest))
                .min(BigInteger.valueOf(highest))
                .intValue();
    }
}
