package ai.luthier.text.jinja;

import java.util.List;

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

    Interpreter(RenderSettings settings) {
        this.settings = settings;
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

    Text render(List<Statement> body, Scope scope) {
        TextBuilder out = new TextBuilder();
        run(body, scope, out);
        return out.build();
    }

    Value evaluate(Expression expression, Scope scope) {
        return evaluator.evaluate(expression, scope);
    }

    Value callMacro(List<Statement> body, Scope scope) {
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
            case Statement.Output output -> out.append(Printer.str(evaluate(output.expression(), scope)));
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
            case Statement.SetBlock set -> assign(set.target(), captured(set.body(), set.value(), scope), scope);
            case Statement.FilterBlock filter ->
                out.append(Printer.str(captured(filter.body(), filter.value(), scope)));
            case Statement.MacroDefinition macro ->
                scope.set(macro.signature().name(), new Macro(macro.signature(), macro.body(), scope));
            case Statement.CallBlock call ->
                out.append(Printer.str(
                        evaluator.call(call.call(), scope, new Macro(call.signature(), call.body(), scope))));
            case Statement.With with -> {
                Scope inner = new Scope(scope);
                for (int i = 0; i < with.targets().size(); i++) {
                    assign(with.targets().get(i), evaluate(with.values().get(i), scope), inner);
                }
                return run(with.body(), inner, out);
            }
            case Statement.Generation generation ->
                out.appendWithBit(render(generation.body(), new Scope(scope)), Text.GENERATION);
            case Statement.Block block ->
                out.append(render(block.body(), new Scope(block.scoped() ? scope : scope.top())));
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

    private Value captured(List<Statement> body, Expression value, Scope scope) {
        Scope inner = new Scope(scope);
        inner.set(Statement.CAPTURED, render(body, inner));
        return evaluate(value, inner);
    }

    private void loop(Statement.For loop, Value iterable, Scope scope, TextBuilder out, int depth0) {
        List<Value> items = items(loop, iterable, scope);
        LoopValue.Recursion recursion = loop.recursive() ? (inner, depth) -> nested(loop, inner, scope, depth) : null;
        LoopValue state = new LoopValue(items, depth0, recursion);
        for (int i = 0; i < items.size(); i++) {
            state.moveTo(i);
            Scope inner = new Scope(scope);
            inner.set("loop", state);
            assign(loop.target(), items.get(i), inner);
            if (run(loop.body(), inner, out) == End.BREAK) {
                break;
            }
        }
        if (items.isEmpty()) {
            run(loop.otherwise(), new Scope(scope), out);
        }
    }

    private Value nested(Statement.For loop, Value items, Scope scope, int depth0) {
        budget.enter();
        TextBuilder inner = new TextBuilder();
        loop(loop, items, scope, inner, depth0);
        budget.leave();
        return inner.build();
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
