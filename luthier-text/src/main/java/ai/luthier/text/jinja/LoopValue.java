package ai.luthier.text.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code loop} of a {@code for}: where it stands, what comes before and after. */
final class LoopValue implements Value.Attributed {

    private final List<Value> items;
    private final int depth0;
    private final @Nullable Recursion recursion;
    private int index0;
    private @Nullable List<Value> lastChanged;

    /** Renders the loop's body over other items, for a loop marked {@code recursive}. */
    @FunctionalInterface
    interface Recursion {
        Value over(Value items, int depth0);
    }

    LoopValue(List<Value> items, int depth0, @Nullable Recursion recursion) {
        this.items = items;
        this.depth0 = depth0;
        this.recursion = recursion;
    }

    void moveTo(int index) {
        index0 = index;
    }

    int length() {
        return items.size();
    }

    @Override
    public String type() {
        return "LoopContext";
    }

    @Override
    public String shown() {
        return "<LoopContext " + (index0 + 1) + "/" + items.size() + ">";
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "index" -> Value.Int.of(index0 + 1L);
            case "index0" -> Value.Int.of(index0);
            case "revindex" -> Value.Int.of(items.size() - (long) index0);
            case "revindex0" -> Value.Int.of(items.size() - index0 - 1L);
            case "first" -> Value.Bool.of(index0 == 0);
            case "last" -> Value.Bool.of(index0 == items.size() - 1);
            case "length" -> Value.Int.of(items.size());
            case "depth" -> Value.Int.of(depth0 + 1L);
            case "depth0" -> Value.Int.of(depth0);
            case "previtem" -> index0 > 0 ? items.get(index0 - 1) : Value.Undefined.of("there is no previous item");
            case "nextitem" ->
                index0 + 1 < items.size() ? items.get(index0 + 1) : Value.Undefined.of("there is no next item");
            case "cycle" -> new Function("cycle", (interpreter, args) -> cycle(args));
            case "changed" -> new Function("changed", (interpreter, args) -> changed(args));
            default -> null;
        };
    }

    private Value cycle(Args args) {
        if (args.positional().isEmpty()) {
            throw JinjaException.type("no items for cycling given");
        }
        return args.positional().get(index0 % args.positional().size());
    }

    private Value changed(Args args) {
        List<Value> before = lastChanged;
        lastChanged = args.positional();
        return Value.Bool.of(before == null || !Equality.equal(new Value.Tuple(before), new Value.Tuple(lastChanged)));
    }

    /** {@code loop(children)}. */
    Value recurse(Args args) {
        if (recursion == null) {
            throw JinjaException.type("The loop must have the 'recursive' marker to be called recursively.");
        }
        return recursion.over(args.require(0, "iterable"), depth0 + 1);
    }
}
