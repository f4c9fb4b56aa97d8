package ai.luthier.text.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluated arguments of a call, looked up by position or by name as Python does. */
record Args(List<Value> positional, Map<String, Value> keywords) {

    static final Args NONE = new Args(List.of(), Map.of());

    static Args of(Value... positional) {
        return new Args(List.of(positional), Map.of());
    }

    int size() {
        return positional.size() + keywords.size();
    }

    @Nullable
    Value find(int index, String name) {
        return index < positional.size() ? positional.get(index) : keywords.get(name);
    }

    Value get(int index, String name, Value fallback) {
        Value found = find(index, name);
        return found == null ? fallback : found;
    }

    Value require(int index, String name) {
        Value found = find(index, name);
        if (found == null) {
            throw JinjaException.type("missing a required argument: '" + name + "'");
        }
        return found;
    }

    boolean flag(int index, String name, boolean fallback) {
        Value found = find(index, name);
        return found == null ? fallback : Values.truth(found);
    }

    /** A flag that Python takes as an integer, so that only numbers and booleans will do. */
    boolean integerFlag(int index, String name) {
        Value found = find(index, name);
        if (found instanceof Value.Undefined) {
            throw JinjaException.type("'Undefined' object cannot be interpreted as an integer");
        }
        return found != null && Values.toInteger(found).signum() != 0;
    }

    /** An integer argument within the range of {@code int}; Python's None counts as absent. */
    int integer(int index, String name, int fallback) {
        Value found = find(index, name);
        return found == null || found == Value.None.NONE ? fallback : Values.toInt(found);
    }

    /** A string argument; absent or None gives null. */
    @Nullable
    Text text(int index, String name) {
        Value found = find(index, name);
        return found == null || found == Value.None.NONE ? null : Values.expectText(found);
    }

    /** Refuses surplus arguments; {@code what} names the function in the error. */
    Args atMost(int count, String what) {
        if (size() > count) {
            throw JinjaException.type(what + "() takes at most " + count + " arguments (" + size() + " given)");
        }
        return this;
    }

    /** The arguments after the first {@code count} positional ones. */
    Args after(int count) {
        return new Args(positional.subList(Math.min(count, positional.size()), positional.size()), keywords);
    }
}
