package ai.luthier.text.jinja;

import java.util.HashMap;
import java.util.Map;

/** The filters of Jinja by name; the bodies are in {@link TextFilters}, {@link SequenceFilters} and {@link ValueFilters}. */
final class Filters {

    private Filters() {}

    /** What a filter does to its target. */
    @FunctionalInterface
    interface Filter {
        Value apply(Interpreter interpreter, Value target, Args arguments);
    }

    private static final Map<String, Filter> ALL = table();

    private static Map<String, Filter> table() {
        Map<String, Filter> all = new HashMap<>();
        TextFilters.register(all);
        LayoutFilters.register(all);
        SequenceFilters.register(all);
        SelectionFilters.register(all);
        ValueFilters.register(all);
        return Map.copyOf(all);
    }

    static Value apply(Interpreter interpreter, String name, Value target, Args arguments) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw new JinjaException("TemplateAssertionError", "No filter named '" + name + "'.", 0);
        }
        Signatures.checkFilter(name, arguments);
        return filter.apply(interpreter, target, arguments);
    }

    static boolean exists(String name) {
        return ALL.containsKey(name);
    }
}
