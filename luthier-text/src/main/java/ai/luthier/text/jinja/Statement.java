package ai.luthier.text.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tree of a template's body; {@code line} counts from 1. */
sealed interface Statement {

    int line();

    /** The template's own text between the tags. */
    record Literal(int line, Text text) implements Statement {}

    record Output(int line, Expression expression, Escaping escaping) implements Statement {}

    /** Whether what stands in a body is escaped: where {@code autoescape} is not a constant, it is seen when the body runs. */
    enum Escaping {
        OFF,
        ON,
        AS_SET;

        boolean on(boolean set) {
            return this == ON || (this == AS_SET && set);
        }
    }

    /** {@code {% autoescape value %}…{% endautoescape %}}. */
    record Autoescape(int line, Expression value, List<Statement> body) implements Statement {}

    record If(int line, List<Branch> branches, List<Statement> otherwise) implements Statement {
        record Branch(Expression condition, List<Statement> body) {}
    }

    record For(
            int line,
            Target target,
            Expression iterable,
            @Nullable Expression filter,
            List<Statement> body,
            List<Statement> otherwise,
            boolean recursive)
            implements Statement {}

    record Set(int line, Target target, Expression value) implements Statement {}

    /** {@code {% set x | filter %}…{% endset %}}; the filters apply to the name {@link #CAPTURED}. */
    record SetBlock(int line, Target target, Expression value, List<Statement> body) implements Statement {}

    /** {@code {% filter upper %}…{% endfilter %}}. */
    record FilterBlock(int line, Expression value, List<Statement> body) implements Statement {}

    record MacroDefinition(int line, Signature signature, List<Statement> body) implements Statement {}

    /** {@code {% call(x) f() %}…{% endcall %}}. */
    record CallBlock(int line, Expression.Call call, Signature signature, List<Statement> body) implements Statement {}

    record With(int line, List<Target> targets, List<Expression> values, List<Statement> body) implements Statement {}

    /** {@code {% generation %}…{% endgeneration %}}, which Jinja compiles to a call block without parameters. */
    record Generation(int line, Signature signature, List<Statement> body) implements Statement {}

    /** {@code {% block name %}}: without inheritance, its body, which sees the variables around it only where it is {@code scoped}. */
    record Block(int line, String name, List<Statement> body, boolean scoped) implements Statement {}

    /** {@code include}, {@code import}, {@code from} and {@code extends}: there is nowhere to load from. */
    record Load(int line) implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}

    /** A name no template can write: what a set block or filter block has captured. */
    String CAPTURED = "(captured)";

    /** Parameters of a macro; {@code defaults} belong to the last of them. */
    record Signature(
            String name,
            List<String> parameters,
            List<Expression> defaults,
            boolean takesVarargs,
            boolean takesKwargs,
            boolean takesCaller) {

        /** Whether the body reads {@code caller}, {@code kwargs} or {@code varargs}, which calls then fill in. */
        boolean takes(String special) {
            return switch (special) {
                case "caller" -> takesCaller;
                case "kwargs" -> takesKwargs;
                default -> takesVarargs;
            };
        }
    }

    /** What an assignment writes to. */
    sealed interface Target {
        record Variable(String name) implements Target {}

        record Unpacked(List<Target> targets) implements Target {}

        record NamespaceAttribute(int line, String namespace, String attribute) implements Target {}
    }
}
