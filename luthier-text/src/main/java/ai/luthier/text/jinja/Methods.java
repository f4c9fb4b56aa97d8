package ai.luthier.text.jinja;

import java.util.Map;
import java.util.Set;

/** The methods of one Python type: those that can be called, and those that the sandbox refuses because they mutate. */
record Methods(Map<String, Method> callable, Set<String> mutating) {

    /** A method's body. */
    @FunctionalInterface
    interface Method {
        Value call(Value receiver, Args arguments);
    }

    private static final Methods NONE = new Methods(Map.of(), Set.of());

    static Methods of(Value value) {
        return switch (value) {
            case Text text -> TextMethods.ALL;
            case Value.Dict dict -> CollectionMethods.DICT;
            case Value.Sequence list -> CollectionMethods.LIST;
            case Value.Tuple tuple -> CollectionMethods.TUPLE;
            case Value.Range range -> CollectionMethods.TUPLE;
            case Value.Int number -> NumberMethods.INT;
            case Value.Bool flag -> NumberMethods.INT;
            case Value.Real number -> NumberMethods.FLOAT;
            default -> NONE;
        };
    }

    boolean has(String name) {
        return callable.containsKey(name);
    }

    boolean mutates(String name) {
        return mutating.contains(name);
    }

    Value call(Value receiver, String name, Args arguments) {
        Method method = callable.get(name);
        if (method == null) {
            throw JinjaException.type("there is no method '" + name + "' of " + Values.typeName(receiver));
        }
        Signatures.checkMethod(Values.typeName(receiver), name, arguments);
        return method.call(receiver, arguments);
    }
}
