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
        all.put("join", (interpreter, target, args) -> join(target, args, interpreter.escapes()));
        all.put("random", (interpreter, target, args) -> random(target));
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

    /**
     * The only item, or nothing of nothing. Of several, Python takes another one each time: a prompt that is not the same
     * twice could not be compared with the row that was learnt, so that is refused.
     */
    private static Value random(Value target) {
        List<Value> items = Values.length(target) == 0 ? List.of() : Values.items(target);
        if (target instanceof Value.Dict || target instanceof Value.View) {
            throw JinjaException.type("'" + Values.typeName(target) + "' object is not subscriptable");
        }
        if (items.size() > 1) {
            throw new JinjaException(
                    "TemplateRuntimeError",
                    "the filter random picks one of " + items.size()
                            + " items by chance, and a chat template has to give the same text each time",
                    0);
        }
        return items.isEmpty() ? noItem("random") : items.getFirst();
    }

    /** Where HTML is escaped, one piece of Markup makes the whole Markup and escapes the others. */
    private static Text join(Value target, Args args, boolean escapes) {
        Value given = args.get(0, "d", Text.EMPTY);
        Value attribute = args.get(1, "attribute", Value.None.NONE);
        List<Value> items = Values.items(target).stream()
                .map(item -> attribute == Value.None.NONE ? item : SelectionFilters.path(item, attribute))
                .toList();
        boolean markup = escapes && (Html.isMarkup(given) || items.stream().anyMatch(Html::isMarkup));
        Text separator = markup ? Html.escape(Printer.str(given)) : Printer.str(given);
        TextBuilder out = new TextBuilder();
        for (int i = 0; i < items.size(); i++) {
            out.append(i > 0 ? separator : Text.EMPTY);
            Text item = Printer.str(items.get(i));
            out.append(markup ? Html.escape(item) : item);
        }
        return out.build().asMarkup(markup);
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
        Value size = args.require(0, "linecount");
        Value fill = args.find(1, "fill_with");
        List<Value> batches = new ArrayList<>();
        List<Value> batch = new ArrayList<>();
        for (Value item : Values.items(target)) {
            // As in Jinja, also for a size of none: one empty batch, then all.
            if (Equality.equal(Value.Int.of(batch.size()), size)) {
                batches.add(Value.Sequence.of(batch));
                batch = new ArrayList<>();
            }
            batch.add(item);
        }
        if (!batch.isEmpty()) {
            boolean fills = fill != null && fill != Value.None.NONE;
            boolean shorter = fills && Equality.compare(Value.Int.of(batch.size()), size, "<") < 0;
            batches.add(
                    shorter ? filled(batch, Math.min(filledSize(size), 1_000_000), fill) : Value.Sequence.of(batch));
        }
        return new Value.Generator("do_batch", batches.iterator());
    }

    private static int filledSize(Value size) {
        if (size instanceof Value.Real) {
            throw JinjaException.type("can't multiply sequence by non-int of type 'float'");
        }
        return Values.toInt(size);
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
            // As in Jinja, also where all slices are equally long.
            boolean fills = fill != null && i >= longer;
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
