package ai.luthier.text.jinja;

import ai.luthier.text.jinja.Expression.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions. One thread, one render. */
final class Evaluator {

    private final Interpreter interpreter;
    private final Budget budget;

    Evaluator(Interpreter interpreter, Budget budget) {
        this.interpreter = interpreter;
        this.budget = budget;
    }

    Value evaluate(Expression node, Scope scope) {
        budget.step();
        try {
            return value(node, scope);
        } catch (JinjaException e) {
            throw e.at(node.line());
        }
    }

    private Value value(Expression node, Scope scope) {
        return switch (node) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name name -> named(name.name(), scope);
            case Expression.ListLiteral list -> Value.Sequence.of(all(list.items(), scope));
            case Expression.TupleLiteral tuple -> new Value.Tuple(all(tuple.items(), scope));
            case Expression.DictLiteral literal -> {
                Value.Dict dict = Value.Dict.empty();
                literal.pairs().forEach(pair -> dict.put(evaluate(pair.key(), scope), evaluate(pair.value(), scope)));
                yield dict;
            }
            case Expression.Attribute attribute ->
                Attributes.attribute(evaluate(attribute.target(), scope), attribute.name());
            case Expression.Item item -> {
                Value target = evaluate(item.target(), scope);
                if (target instanceof Text) {
                    budget.looked(target);
                }
                yield Attributes.item(target, evaluate(item.index(), scope));
            }
            case Expression.Slice slice -> paid(sliced(slice, scope));
            case Expression.Call call -> call(call, scope, null);
            case Expression.Filter filter -> {
                Value target = evaluate(filter.target(), scope);
                budget.looked(target);
                yield paid(Filters.apply(interpreter, filter.name(), target, arguments(filter.arguments(), scope)));
            }
            case Expression.Test test -> {
                Value target = evaluate(test.target(), scope);
                budget.looked(target);
                yield Value.Bool.of(Tests.holds(test.name(), target, arguments(test.arguments(), scope)));
            }
            case Expression.Not not -> Value.Bool.of(!Values.truth(evaluate(not.operand(), scope)));
            case Expression.Sign sign ->
                sign.negative()
                        ? Arithmetic.negated(evaluate(sign.operand(), scope))
                        : Arithmetic.positive(evaluate(sign.operand(), scope));
            case Expression.Arithmetic arithmetic -> {
                Value left = evaluate(arithmetic.left(), scope);
                yield paid(Arithmetic.apply(arithmetic.operator(), left, evaluate(arithmetic.right(), scope)));
            }
            case Expression.Logic logic -> {
                Value left = evaluate(logic.left(), scope);
                yield Values.truth(left) == logic.and() ? evaluate(logic.right(), scope) : left;
            }
            case Expression.Comparison comparison -> compared(comparison, scope);
            case Expression.Concatenation concatenation -> {
                List<Value> parts = all(concatenation.parts(), scope);
                boolean markup = concatenation.escapes() && parts.stream().anyMatch(Html::isMarkup);
                TextBuilder out = new TextBuilder();
                parts.stream().map(Printer::str).forEach(part -> out.append(markup ? Html.escape(part) : part));
                yield paid(out.build().asMarkup(markup));
            }
            case Expression.Conditional conditional -> conditional(conditional, scope);
        };
    }

    /** Of constants Jinja works a slice out when it compiles, and there what cannot be cut is undefined and no error. */
    private Value sliced(Expression.Slice slice, Scope scope) {
        Value target = evaluate(slice.target(), scope);
        Value start = optional(slice.start(), scope);
        Value stop = optional(slice.stop(), scope);
        Value step = optional(slice.step(), scope);
        try {
            return Attributes.slice(target, start, stop, step);
        } catch (JinjaException e) {
            if (!e.kind().equals("TypeError") || !slice.isConstant()) {
                throw e;
            }
            return Value.Undefined.of("'" + Values.typeName(target) + " object' has no such slice");
        }
    }

    private Value named(String name, Scope scope) {
        Value found = scope.find(name);
        if (found == null) {
            found = Globals.ALL.get(name);
        }
        return found == null ? Value.Undefined.of("'" + name + "' is undefined") : found;
    }

    private Value conditional(Expression.Conditional conditional, Scope scope) {
        if (Values.truth(evaluate(conditional.condition(), scope))) {
            return evaluate(conditional.then(), scope);
        }
        Expression otherwise = conditional.otherwise();
        return otherwise == null
                ? Value.Undefined.of("the inline if-expression on line " + conditional.line()
                        + " evaluated to false and no else section was defined.")
                : evaluate(otherwise, scope);
    }

    private Value compared(Expression.Comparison comparison, Scope scope) {
        Value left = evaluate(comparison.first(), scope);
        for (Expression.Comparison.Link link : comparison.links()) {
            Value right = evaluate(link.right(), scope);
            budget.looked(left);
            budget.looked(right);
            if (!holds(link.operator(), left, right)) {
                return Value.Bool.FALSE;
            }
            left = right;
        }
        return Value.Bool.TRUE;
    }

    static boolean holds(String operator, Value left, Value right) {
        return switch (operator) {
            case "==" -> Equality.equal(left, right);
            case "!=" -> !Equality.equal(left, right);
            case "in" -> Equality.contains(right, left);
            case "not in" -> !Equality.contains(right, left);
            case "<" -> Equality.compare(left, right, operator) < 0;
            case "<=" -> Equality.compare(left, right, operator) <= 0;
            case ">" -> Equality.compare(left, right, operator) > 0;
            default -> Equality.compare(left, right, operator) >= 0;
        };
    }

    /** A call; {@code caller} is the body of a call block, null otherwise. */
    Value call(Expression.Call call, Scope scope, @Nullable Macro caller) {
        Value target = evaluate(call.target(), scope);
        Args arguments = arguments(call.arguments(), scope);
        if (caller != null) {
            Map<String, Value> keywords = new LinkedHashMap<>(arguments.keywords());
            keywords.put("caller", caller);
            arguments = new Args(arguments.positional(), keywords);
        }
        return paid(
                switch (target) {
                    case BoundMethod method -> {
                        budget.looked(method.receiver());
                        yield method.call(interpreter, arguments);
                    }
                    case Value.Callable callable -> callable.call(interpreter, arguments);
                    case LoopValue loop -> loop.recurse(arguments);
                    case Value.Undefined undefined -> throw undefined.error();
                    default -> throw JinjaException.type("'" + Values.typeName(target) + "' object is not callable");
                });
    }

    private Args arguments(Arguments arguments, Scope scope) {
        if (arguments.equals(Arguments.NONE)) {
            return Args.NONE;
        }
        List<Value> positional = new ArrayList<>(all(arguments.positional(), scope));
        Map<String, Value> keywords = new LinkedHashMap<>();
        arguments.keywords().forEach(keyword -> keywords.put(keyword.name(), evaluate(keyword.value(), scope)));
        Expression star = arguments.star();
        if (star != null) {
            positional.addAll(Values.items(evaluate(star, scope)));
        }
        Expression doubleStar = arguments.doubleStar();
        if (doubleStar != null && evaluate(doubleStar, scope) instanceof Value.Dict dict) {
            dict.entries()
                    .values()
                    .forEach(
                            entry -> keywords.put(Values.expectText(entry.key()).value(), entry.value()));
        }
        return new Args(positional, keywords);
    }

    private List<Value> all(List<Expression> expressions, Scope scope) {
        List<Value> values = new ArrayList<>(expressions.size());
        expressions.forEach(expression -> values.add(evaluate(expression, scope)));
        return values;
    }

    private Value optional(@Nullable Expression expression, Scope scope) {
        return expression == null ? Value.None.NONE : evaluate(expression, scope);
    }

    /** Takes the size of what was made from the budget. */
    private Value paid(Value value) {
        switch (value) {
            case Text text -> budget.produced(text.value().length());
            case Value.Sequence list -> budget.looked(list);
            case Value.Tuple tuple -> budget.looked(tuple);
            case Value.Range range -> budget.looked(range);
            case Value.Dict dict -> budget.looked(dict);
            case Value.View view -> budget.looked(view);
            default -> {}
        }
        return value;
    }
}
