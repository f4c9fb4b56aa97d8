package ai.luthier.text.jinja;

import java.util.List;
import java.util.function.Consumer;

/**
 * Walks the statements of a template and writes its output. Assignments in a loop, a macro, a {@code with} or a
 * {@code generation} block stay inside it; those in an {@code if} do not. One thread, one render.
 */
final class Interpreter {

    /** Why a list of statements ended. */
    private enum End {
        NORMAL,
        BREAK,
        CONTINUE
    }

    private final Budget budget;
    private final Evaluator evaluator;
    private final RenderSettings settings;
    private final Frames frames;
    private boolean escapes;

    Interpreter(RenderSettings settings, Frames frames) {
        this.settings = settings;
        this.frames = frames;
        this.budget = new Budget(settings);
        this.evaluator = new Evaluator(this, budget);
    }

    RenderSettings settings() {
        return settings;
    }

    /** Pays for work that costs more than looking at its input. */
    void worked(long steps) {
        budget.spend(steps);
    }

    /** Runs a body in a scope of its own, in which nothing but its parameters is set. */
    Text render(List<Statement> body, Scope scope) {
        TextBuilder out = new TextBuilder();
        scope.hide(frames.hiddenIn(body));
        run(body, scope, out);
        return out.build();
    }

    Value evaluate(Expression expression, Scope scope) {
        return evaluator.evaluate(expression, scope);
    }

    /** Whether HTML is escaped where the template runs at this moment, inside {@code {% autoescape true %}}. */
    boolean escapes() {
        return escapes;
    }

    Text callMacro(List<Statement> body, Scope scope) {
        budget.enter();
        Text output = render(body, scope);
        budget.leave();
        return output;
    }

    private End run(List<Statement> body, Scope scope, TextBuilder out) {
        for (Statement statement : body) {
            try {
                budget.step();
                End end = run(statement, scope, out);
                budget.output(out.length());
                if (end != End.NORMAL) {
                    return end;
                }
            } catch (JinjaException e) {
                throw e.at(statement.line());
            }
        }
        return End.NORMAL;
    }

    private End run(Statement statement, Scope scope, TextBuilder out) {
        switch (statement) {
            case Statement.Literal literal -> out.append(literal.text());
            case Statement.Output output -> {
                Text shown = Printer.str(evaluate(output.expression(), scope));
                out.append(output.escaping().on(escapes) ? Html.escape(shown) : shown);
            }
            case Statement.If branches -> {
                for (Statement.If.Branch branch : branches.branches()) {
                    if (Values.truth(evaluate(branch.condition(), scope))) {
                        return run(branch.body(), scope, out);
                    }
                }
                return run(branches.otherwise(), scope, out);
            }
            case Statement.For loop -> loop(loop, evaluate(loop.iterable(), scope), scope, out, 0);
            case Statement.Set set -> assign(set.target(), evaluate(set.value(), scope), scope);
            case Statement.SetBlock set -> {
                return captured(set.body(), set.value(), scope, value -> assign(set.target(), value, scope));
            }
            case Statement.FilterBlock filter -> {
                return captured(filter.body(), filter.value(), scope, value -> out.append(asOutput(value)));
            }
            case Statement.MacroDefinition macro ->
                scope.set(macro.signature().name(), new Macro(macro.signature(), macro.body(), scope));
            case Statement.CallBlock call ->
                out.append(
                        asOutput(evaluator.call(call.call(), scope, new Macro(call.signature(), call.body(), scope))));
            case Statement.With with -> {
                Scope inner = new Scope(scope);
                for (int i = 0; i < with.targets().size(); i++) {
                    assign(with.targets().get(i), evaluate(with.values().get(i), scope), inner);
                }
                inner.hide(frames.hiddenIn(with.body()));
                return run(with.body(), inner, out);
            }
            case Statement.Generation generation ->
                out.appendWithBit(
                        new Macro(generation.signature(), generation.body(), scope).call(this, Args.NONE),
                        Text.GENERATION);
            case Statement.Block block ->
                out.append(render(block.body(), new Scope(block.scoped() ? scope : scope.top())));
            case Statement.Autoescape autoescape -> {
                Scope inner = new Scope(scope);
                inner.hide(frames.hiddenIn(autoescape.body()));
                boolean outside = escapes;
                escapes = Values.truth(evaluate(autoescape.value(), inner));
                End end = run(autoescape.body(), inner, out);
                escapes = outside;
                return end;
            }
            case Statement.Load load -> throw JinjaException.type("no loader for this environment specified");
            case Statement.Break b -> {
                return End.BREAK;
            }
            case Statement.Continue c -> {
                return End.CONTINUE;
            }
        }
        return End.NORMAL;
    }

    /** What a block writes has to be a string, as Python joins what a template yields. */
    private static Text asOutput(Value value) {
        if (value instanceof Text text) {
            return text;
        }
        throw JinjaException.type("sequence item 0: expected str instance, " + Values.typeName(value) + " found");
    }

    /** Hands on what a body writes; a {@code break} or {@code continue} in it leaves without. */
    private End captured(List<Statement> body, Expression value, Scope scope, Consumer<Value> whole) {
        Scope inner = new Scope(scope);
        inner.hide(frames.hiddenIn(body));
        TextBuilder written = new TextBuilder();
        End end = run(body, inner, written);
        if (end == End.NORMAL) {
            inner.set(Statement.CAPTURED, written.build().asMarkup(escapes));
            whole.accept(evaluate(value, inner));
        }
        return end;
    }

    private void loop(Statement.For loop, Value iterable, Scope scope, TextBuilder out, int depth0) {
        List<Value> items = items(loop, iterable, scope);
        LoopValue.Recursion recursion = loop.recursive() ? (inner, depth) -> nested(loop, inner, scope, depth) : null;
        LoopValue state = new LoopValue(items, depth0, recursion);
        boolean finished = false;
        for (int i = 0; i < items.size(); i++) {
            state.moveTo(i);
            Scope inner = new Scope(scope);
            inner.set("loop", state);
            assign(loop.target(), items.get(i), inner);
            inner.hide(frames.hiddenIn(loop.body()));
            End end = run(loop.body(), inner, out);
            finished |= end == End.NORMAL;
            if (end == End.BREAK) {
                break;
            }
        }
        // In Jinja only a body that comes to its end counts: where each one breaks or continues, the else runs too.
        if (!finished) {
            Scope inner = new Scope(scope);
            inner.hide(frames.hiddenIn(loop.otherwise()));
            run(loop.otherwise(), inner, out);
        }
    }

    private Value nested(Statement.For loop, Value items, Scope scope, int depth0) {
        budget.enter();
        TextBuilder inner = new TextBuilder();
        loop(loop, items, scope, inner, depth0);
        budget.leave();
        return inner.build().asMarkup(escapes);
    }

    private List<Value> items(Statement.For loop, Value iterable, Scope scope) {
        List<Value> items = Values.items(iterable);
        Expression filter = loop.filter();
        if (filter == null) {
            return items;
        }
        return items.stream()
                .filter(item -> {
                    Scope inner = new Scope(scope);
                    assign(loop.target(), item, inner);
                    return Values.truth(evaluate(filter, inner));
                })
                .toList();
    }

    private void assign(Statement.Target target, Value value, Scope scope) {
        switch (target) {
            case Statement.Target.Variable variable -> scope.set(variable.name(), value);
            case Statement.Target.Unpacked unpacked -> {
                if (!Values.isIterable(value)) {
                    throw JinjaException.type("cannot unpack non-iterable " + Values.typeName(value) + " object");
                }
                List<Value> parts = Values.items(value);
                int wanted = unpacked.targets().size();
                if (parts.size() != wanted) {
                    throw JinjaException.value(
                            parts.size() > wanted
                                    ? "too many values to unpack (expected " + wanted + ")"
                                    : "not enough values to unpack (expected " + wanted + ", got " + parts.size()
                                            + ")");
                }
                for (int i = 0; i < wanted; i++) {
                    assign(unpacked.targets().get(i), parts.get(i), scope);
                }
            }
            case Statement.Target.NamespaceAttribute attribute -> {
                if (!(scope.find(attribute.namespace()) instanceof Value.Namespace namespace)) {
                    throw new JinjaException(
                            "TemplateRuntimeError",
                            "cannot assign attribute on non-namespace object",
                            attribute.line());
                }
                Globals.checkAttribute(attribute.attribute());
                namespace.attributes().put(attribute.attribute(), value);
            }
        }
    }
}
