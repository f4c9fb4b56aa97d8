package ai.luthier.text.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names visible at a place: assignments stay in the innermost scope, look-ups go outwards. One thread, one render. */
final class Scope {

    private final @Nullable Scope outer;
    private final Map<String, Value> names = new HashMap<>();

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    void set(String name, Value value) {
        names.put(name, value);
    }

    /** The scope of the template's own top level, inside that of the variables it is given. */
    Scope top() {
        Scope scope = this;
        for (Scope next = outer; next != null && next.outer != null; next = next.outer) {
            scope = next;
        }
        return scope;
    }

    @Nullable
    Value find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Value found = scope.names.get(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
