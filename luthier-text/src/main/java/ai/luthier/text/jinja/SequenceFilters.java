package ai.luthier.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters on what can be walked, without a key: {@code first}, {@code join}, {@code batch}, … */
final class SequenceFilters {

    private SequenceFilters() {}

    static void register(Map<String, Filters.Filter> all) {
        all.put("list", (interpreter, target, args) -> Value.Sequence.of(List.copyOf(Values.items(target))));
        all.put("first", (interpreter, target, args) -> first(target));
        all.put("last", (interpreter, target, args) -> last(target));
        all.put("join", (interpreter, target, args) -> join(target, args));
        all.put("reverse", (interpreter, target, args) -> reversed(target));
        all.put("batch", (interpreter, target, args) -> batch(target, args));
        all.put("slice", (interpreter, target, args) -> slices(target, args));
    }

    private static Value first(Value target) {
        if (target instanceof Value.Generator generator) {
            return generator.rest().hasNext() ? generator.rest().next() : noItem("first");
        }
        List<Value> items = Values.items(target);
        return items.isEmpty() ? noItem("first") : items.getFirst();
    }

    private static Value last(Value target) {
        if (target instanceof Value.Generator || !Values.isIterable(target)) {
            throw JinjaException.type("'" + Values.typeName(target) + "' object is not reversible");
        }
        List<Value> items = Values.items(target);
        return items.isEmpty() ? noItem("last") : items.getLast();
    }

    private static Value noItem(String which) {
        return Value.Undefined.of("No " + which + " item, sequence was empty.");
    }

    private static Text join(Value target, Args args) {
        Text separator = Printer.str(args.get(0, "d", Text.EMPTY));
        Value attribute = args.find(1, "attribute");
        TextBuilder out = new TextBuilder();
        boolean later = false;
        for (Value item : Values.items(target)) {
            Value shown = attribute == null ? item : SelectionFilters.path(item, attribute);
            if (later) {
                out.append(separator);
            }
            out.append(Printer.str(shown));
            later = true;
        }
        return out.build();
    }

    private static Value reversed(Value target) {
        if (!Values.isIterable(target)) {
            throw JinjaException.argument("argument must be iterable");
        }
        List<Value> items = new ArrayList<>(Values.items(target));
        Collections.reverse(items);
        if (target instanceof Text) {
            TextBuilder out = new TextBuilder();
            items.forEach(character -> out.append((Text) character));
            return out.build();
        }
        return target instanceof Value.Generator
                ? Value.Sequence.of(items)
                : new Value.Generator("list_reverseiterator", items.iterator());
    }

    private static Value batch(Value target, Args args) {
        int size = Values.toInt(args.require(0, "linecount"));
        Value fill = args.find(1, "fill_with");
        List<Value> batches = new ArrayList<>();
        List<Value> batch = new ArrayList<>();
        for (Value item : Values.items(target)) {
            // As in Jinja, also for a size of none: one empty batch, then all.
            if (batch.size() == size) {
                batches.add(Value.Sequence.of(batch));
                batch = new ArrayList<>();
            }
            batch.add(item);
        }
        if (!batch.isEmpty()) {
            batches.add(filled(batch, Math.min(size, 1_000_000), fill));
        }
        return new Value.Generator("do_batch", batches.iterator());
    }

    private static Value slices(Value target, Args args) {
        int count = Math.min(Values.toInt(args.require(0, "slices")), 100_000);
        Value fill = args.find(1, "fill_with");
        List<Value> items = Values.items(target);
        if (count == 0) {
            throw new JinjaException("ZeroDivisionError", "integer division or modulo by zero", 0);
        }
        int each = items.size() / count;
        int longer = items.size() % count;
        List<Value> slices = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < count; i++) {
            int size = each + (i < longer ? 1 : 0);
            boolean fills = fill != null && i >= longer && longer > 0;
            slices.add(filled(items.subList(at, at + size), fills ? size + 1 : size, fill));
            at += size;
        }
        return new Value.Generator("sync_do_slice", slices.iterator());
    }

    private static Value filled(List<Value> items, int size, @Nullable Value fill) {
        List<Value> all = new ArrayList<>(items);
        while (fill != null && fill != Value.None.NONE && all.size() < size) {
            all.add(fill);
        }
        return Value.Sequence.of(all);
    }
}
