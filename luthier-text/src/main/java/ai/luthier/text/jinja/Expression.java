package ai.luthier.text.jinja;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The tree of what stands between {@code {{ }}} and in the heads of blocks; {@code line} counts from 1. */
sealed interface Expression {

    int line();

    /** Whether Jinja works it out when it compiles: literals, and what is built of nothing else. */
    default boolean isConstant() {
        return switch (this) {
            case Literal literal -> true;
            case ListLiteral list -> list.items().stream().allMatch(Expression::isConstant);
            case TupleLiteral tuple -> tuple.items().stream().allMatch(Expression::isConstant);
            case DictLiteral dict ->
                dict.pairs().stream()
                        .allMatch(
                                pair -> pair.key().isConstant() && pair.value().isConstant());
            case Sign sign -> sign.operand().isConstant();
            case Not not -> not.operand().isConstant();
            case Arithmetic sum -> sum.left().isConstant() && sum.right().isConstant();
            case Slice slice ->
                Stream.of(slice.target(), slice.start(), slice.stop(), slice.step())
                        .allMatch(part -> part == null || part.isConstant());
            default -> false;
        };
    }

    record Literal(int line, Value value) implements Expression {}

    record Name(int line, String name) implements Expression {}

    record ListLiteral(int line, List<Expression> items) implements Expression {}

    record TupleLiteral(int line, List<Expression> items) implements Expression {}

    record DictLiteral(int line, List<Pair> pairs) implements Expression {
        record Pair(Expression key, Expression value) {}
    }

    /** {@code target.name}: a Python attribute first, an item second. */
    record Attribute(int line, Expression target, String name) implements Expression {}

    /** {@code target[index]}: an item first, an attribute second. */
    record Item(int line, Expression target, Expression index) implements Expression {}

    record Slice(
            int line,
            Expression target,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step)
            implements Expression {}

    record Call(int line, Expression target, Arguments arguments) implements Expression {}

    record Filter(int line, Expression target, String name, Arguments arguments) implements Expression {}

    record Test(int line, Expression target, String name, Arguments arguments) implements Expression {}

    record Not(int line, Expression operand) implements Expression {}

    /** Unary minus and plus. */
    record Sign(int line, boolean negative, Expression operand) implements Expression {}

    record Arithmetic(int line, String operator, Expression left, Expression right) implements Expression {}

    /** {@code and}, {@code or}: gives one of its operands, as Python does. */
    record Logic(int line, boolean and, Expression left, Expression right) implements Expression {}

    /** A chain {@code a < b <= c}; each comparison's left side is the right side of the one before. */
    record Comparison(int line, Expression first, List<Link> links) implements Expression {
        record Link(String operator, Expression right) {}
    }

    /** {@code a ~ b ~ c}; {@code escapes} where it stands in {@code {% autoescape true %}}. */
    record Concatenation(int line, List<Expression> parts, boolean escapes) implements Expression {}

    record Conditional(
            int line,
            Expression condition,
            Expression then,
            @Nullable Expression otherwise) implements Expression {}

    /** What a call, filter or test is given. */
    record Arguments(
            List<Expression> positional,
            List<Keyword> keywords,
            @Nullable Expression star,
            @Nullable Expression doubleStar) {
        static final Arguments NONE = new Arguments(List.of(), List.of(), null, null);

        record Keyword(String name, Expression value) {}
    }
}
