package ai.luthier.text.jinja;

import ai.luthier.text.jinja.Expression.Arguments;
import ai.luthier.text.jinja.Statement.Signature;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Walks parsed trees: which names a macro's body reads, and the strings that a template writes. */
final class Names {

    private final Consumer<Expression> visitor;
    private final Consumer<String> literals;
    private final Consumer<Statement.Block> blocks;

    private Names(Consumer<Expression> visitor, Consumer<String> literals, Consumer<Statement.Block> blocks) {
        this.visitor = visitor;
        this.literals = literals;
        this.blocks = blocks;
    }

    private Names(Consumer<Expression> visitor, Consumer<String> literals) {
        this(visitor, literals, block -> {});
    }

    /** A macro takes surplus arguments only where its body reads {@code varargs}, {@code kwargs} or {@code caller}. */
    static Signature signature(String name, List<String> parameters, List<Expression> defaults, List<Statement> body) {
        java.util.Set<String> read = new java.util.HashSet<>();
        Names walk = new Names(
                expression -> {
                    if (expression instanceof Expression.Name variable) {
                        read.add(variable.name());
                    }
                },
                literal -> {});
        walk.all(body);
        return new Signature(
                name,
                List.copyOf(parameters),
                List.copyOf(defaults),
                read.contains("varargs") && !parameters.contains("varargs"),
                read.contains("kwargs") && !parameters.contains("kwargs"),
                read.contains("caller"));
    }

    /** The names that an expression reads, in order. */
    static void reads(Expression expression, Consumer<String> names) {
        new Names(
                        node -> {
                            if (node instanceof Expression.Name variable) {
                                names.accept(variable.name());
                            }
                        },
                        literal -> {})
                .expression(expression);
    }

    /** Every piece of text that the template itself can write: what stands between tags, and string constants. */
    static void literals(List<Statement> body, Consumer<String> literals) {
        new Names(
                        expression -> {
                            if (expression instanceof Expression.Literal literal
                                    && literal.value() instanceof Text text) {
                                literals.accept(text.value());
                            }
                        },
                        literals)
                .all(body);
    }

    /** Every block of the template, wherever it stands. */
    static void blocks(List<Statement> body, Consumer<Statement.Block> found) {
        Names walk = new Names(expression -> {}, literal -> {}, found);
        walk.all(body);
    }

    /** Whether a {@code {% generation %}} block stands anywhere in the template. */
    static boolean hasGeneration(List<Statement> body) {
        return body.stream().anyMatch(statement -> switch (statement) {
            case Statement.Generation g -> true;
            case Statement.If branches ->
                branches.branches().stream().anyMatch(branch -> hasGeneration(branch.body()))
                        || hasGeneration(branches.otherwise());
            case Statement.For loop -> hasGeneration(loop.body()) || hasGeneration(loop.otherwise());
            case Statement.SetBlock block -> hasGeneration(block.body());
            case Statement.FilterBlock block -> hasGeneration(block.body());
            case Statement.MacroDefinition macro -> hasGeneration(macro.body());
            case Statement.CallBlock call -> hasGeneration(call.body());
            case Statement.With with -> hasGeneration(with.body());
            case Statement.Block block -> hasGeneration(block.body());
            case Statement.Autoescape autoescape -> hasGeneration(autoescape.body());
            case Statement.Literal l -> false;
            case Statement.Output o -> false;
            case Statement.Set s -> false;
            case Statement.Load l -> false;
            case Statement.Break b -> false;
            case Statement.Continue c -> false;
        });
    }

    private void all(List<Statement> body) {
        body.forEach(this::statement);
    }

    private void statement(Statement statement) {
        switch (statement) {
            case Statement.Literal literal -> literals.accept(literal.text().value());
            case Statement.Output output -> expression(output.expression());
            case Statement.If branches -> {
                branches.branches().forEach(branch -> {
                    expression(branch.condition());
                    all(branch.body());
                });
                all(branches.otherwise());
            }
            case Statement.For loop -> {
                expression(loop.iterable());
                expression(loop.filter());
                all(loop.body());
                all(loop.otherwise());
            }
            case Statement.Set set -> expression(set.value());
            case Statement.SetBlock set -> {
                expression(set.value());
                all(set.body());
            }
            case Statement.FilterBlock filter -> {
                expression(filter.value());
                all(filter.body());
            }
            case Statement.MacroDefinition macro -> {
                macro.signature().defaults().forEach(this::expression);
                all(macro.body());
            }
            case Statement.CallBlock call -> {
                expression(call.call());
                all(call.body());
            }
            case Statement.With with -> {
                with.values().forEach(this::expression);
                all(with.body());
            }
            case Statement.Generation generation -> all(generation.body());
            case Statement.Block block -> {
                blocks.accept(block);
                all(block.body());
            }
            case Statement.Autoescape autoescape -> {
                expression(autoescape.value());
                all(autoescape.body());
            }
            case Statement.Load l -> {}
            case Statement.Break b -> {}
            case Statement.Continue c -> {}
        }
    }

    private void expression(@Nullable Expression node) {
        if (node == null) {
            return;
        }
        visitor.accept(node);
        switch (node) {
            case Expression.Literal l -> {}
            case Expression.Name n -> {}
            case Expression.ListLiteral list -> list.items().forEach(this::expression);
            case Expression.TupleLiteral tuple -> tuple.items().forEach(this::expression);
            case Expression.DictLiteral dict ->
                dict.pairs().forEach(pair -> {
                    expression(pair.key());
                    expression(pair.value());
                });
            case Expression.Attribute attribute -> expression(attribute.target());
            case Expression.Item item -> {
                expression(item.target());
                expression(item.index());
            }
            case Expression.Slice slice -> {
                expression(slice.target());
                expression(slice.start());
                expression(slice.stop());
                expression(slice.step());
            }
            case Expression.Call call -> {
                expression(call.target());
                arguments(call.arguments());
            }
            case Expression.Filter filter -> {
                expression(filter.target());
                arguments(filter.arguments());
            }
            case Expression.Test test -> {
                expression(test.target());
                arguments(test.arguments());
            }
            case Expression.Not not -> expression(not.operand());
            case Expression.Sign sign -> expression(sign.operand());
            case Expression.Arithmetic arithmetic -> {
                expression(arithmetic.left());
                expression(arithmetic.right());
            }
            case Expression.Logic logic -> {
                expression(logic.left());
                expression(logic.right());
            }
            case Expression.Comparison comparison -> {
                expression(comparison.first());
                comparison.links().forEach(link -> expression(link.right()));
            }
            case Expression.Concatenation concatenation -> concatenation.parts().forEach(this::expression);
            case Expression.Conditional conditional -> {
                expression(conditional.condition());
                expression(conditional.then());
                expression(conditional.otherwise());
            }
        }
    }

    private void arguments(Arguments arguments) {
        arguments.positional().forEach(this::expression);
        arguments.keywords().forEach(keyword -> expression(keyword.value()));
        expression(arguments.star());
        expression(arguments.doubleStar());
    }
}
