package ai.luthier.text.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names visible at a place: assignments stay in the innermost scope, look-ups go outwards. One thread, one render. */
final class Scope {

    private final @Nullable Scope outer;
    private final Map<String, Value> names;
    private Set<String> hidden = Set.of();

    Scope(@Nullable Scope outer) {
        this(outer, new HashMap<>());
    }

    private Scope(@Nullable Scope outer, Map<String, Value> names) {
        this.outer = outer;
        this.names = names;
    }

    void set(String name, Value value) {
        names.put(name, value);
    }

    /** Names that are not looked up outwards: undefined here until they are set (see {@link Frames}). */
    void hide(Set<String> undefined) {
        hidden = undefined;
    }

    /**
     * The variables that the template was given and those that its top level has set so far, which is what a block and
     * {@code self} see.
     */
    Scope top() {
        Scope scope = this;
        for (Scope next = outer; next != null && next.outer != null; next = next.outer) {
            scope = next;
        }
        return new Scope(scope.outer, scope.names);
    }

    @Nullable
    Value find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Value found = scope.names.get(name);
            if (found != null) {
                return found;
            }
            if (scope.hidden.contains(name)) {
                return Value.Undefined.of("'" + name + "' is undefined");
            }
        }
        return null;
    }
}
