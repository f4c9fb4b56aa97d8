package ai.luthier.text.jinja;

/** A method taken from its receiver, ready to be called. */
record BoundMethod(Value receiver, Methods methods, String name) implements Value.Callable {

    @Override
    public Value call(Interpreter interpreter, Args arguments) {
        return methods.call(receiver, name, arguments);
    }
}
