package ai.luthier.text.jinja;

/** A function of the environment, by name. */
record Function(String name, Body body) implements Value.Callable {

    /** What the function does. */
    @FunctionalInterface
    interface Body {
        Value call(Interpreter interpreter, Args arguments);
    }

    @Override
    public Value call(Interpreter interpreter, Args arguments) {
        return body.call(interpreter, arguments);
    }
}
