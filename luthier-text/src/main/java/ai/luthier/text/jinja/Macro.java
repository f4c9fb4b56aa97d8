package ai.luthier.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A macro, or the {@code caller} of a call block: its body in a scope inside the one it was defined in, its output as a
 * string.
 */
record Macro(Statement.Signature signature, List<Statement> body, Scope definedIn) implements Value.Callable {

    @Override
    public String name() {
        return signature.name();
    }

    @Override
    public Text call(Interpreter interpreter, Args arguments) {
        Map<String, Value> keywords = new LinkedHashMap<>(arguments.keywords());
        Scope scope = new Scope(definedIn);
        List<String> parameters = signature.parameters();
        Value caller =
                keywords.containsKey("caller") && !parameters.contains("caller") ? keywords.remove("caller") : null;
        List<Value> given = arguments.positional();
        for (int i = 0; i < parameters.size(); i++) {
            String name = parameters.get(i);
            Value value = i < given.size() ? given.get(i) : keywords.remove(name);
            scope.set(name, value != null ? value : fallback(interpreter, scope, i));
        }
        if (caller != null && !signature.takesCaller() && !signature.takesKwargs()) {
            throw JinjaException.type("macro '" + signature.name()
                    + "' was invoked with two values for the special caller argument. This is most likely a bug.");
        }
        if (signature.takesCaller()) {
            scope.set("caller", caller != null ? caller : Value.Undefined.of("No caller defined"));
        }
        surplus(scope, given, keywords);
        return interpreter.callMacro(body, scope).asMarkup(interpreter.escapes());
    }

    @Nullable
    Value attribute(String attribute) {
        return switch (attribute) {
            case "name" -> Text.of(name());
            case "arguments" ->
                new Value.Tuple(
                        signature.parameters().stream().<Value>map(Text::of).toList());
            case "catch_varargs" -> Value.Bool.of(signature.takesVarargs());
            case "catch_kwargs" -> Value.Bool.of(signature.takesKwargs());
            case "caller" -> Value.Bool.of(signature.takesCaller());
            default -> null;
        };
    }

    private Value fallback(Interpreter interpreter, Scope scope, int index) {
        int first = signature.parameters().size() - signature.defaults().size();
        return index >= first
                ? interpreter.evaluate(signature.defaults().get(index - first), scope)
                : Value.Undefined.of("parameter '" + signature.parameters().get(index) + "' was not provided");
    }

    private void surplus(Scope scope, List<Value> given, Map<String, Value> keywords) {
        int count = signature.parameters().size();
        if (signature.takesVarargs()) {
            scope.set(
                    "varargs",
                    new Value.Tuple(new ArrayList<>(given.subList(Math.min(count, given.size()), given.size()))));
        } else if (given.size() > count) {
            throw JinjaException.type("macro '" + signature.name() + "' takes not more than " + count + " argument(s)");
        }
        if (signature.takesKwargs()) {
            Value.Dict rest = Value.Dict.empty();
            keywords.forEach((name, value) -> rest.put(Text.of(name), value));
            scope.set("kwargs", rest);
        } else if (!keywords.isEmpty()) {
            throw JinjaException.type("macro '" + signature.name() + "' takes no keyword argument '"
                    + keywords.keySet().iterator().next() + "'");
        }
    }
}
