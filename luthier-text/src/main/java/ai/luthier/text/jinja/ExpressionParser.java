package ai.luthier.text.jinja;

import ai.luthier.text.jinja.Expression.Arguments;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions by binding power (Pratt): {@code or}, {@code and}, {@code not}, comparisons, {@code + -}, {@code ~},
 * {@code * / // %}, {@code **}, all of the binary ones binding to the left, as Jinja does (Python's {@code **} binds to the right).
 * Filters and tests bind tighter than all of them.
 */
final class ExpressionParser {

    /** Nesting of parentheses, lists and unary operators in one expression. */
    private static final int MAX_DEPTH = 200;

    private final TokenStream tokens;
    private int depth;
    private Statement.Escaping escaping = Statement.Escaping.OFF;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** How the body that is being parsed treats HTML. */
    Statement.Escaping escaping() {
        return escaping;
    }

    /** Changes how the body treats HTML; gives what was before. */
    Statement.Escaping escape(Statement.Escaping changed) {
        Statement.Escaping before = escaping;
        escaping = changed;
        return before;
    }

    /** A whole expression, {@code a if b else c} included. */
    Expression expression() {
        deeper();
        int line = tokens.line();
        Expression result = binary(BindingPower.OR);
        while (tokens.skipName("if")) {
            Expression condition = binary(BindingPower.OR);
            Expression otherwise = tokens.skipName("else") ? expression() : null;
            result = new Expression.Conditional(line, condition, result, otherwise);
        }
        depth--;
        return result;
    }

    /** An expression in which {@code if} does not begin a condition: the iterable of a loop, the head of an {@code if}. */
    Expression withoutCondition() {
        return tuple(false, true);
    }

    /** One expression, or a tuple of them without parentheses. */
    Expression tuple() {
        return tuple(true, true);
    }

    private Expression tuple(boolean withCondition, boolean mustHaveOne) {
        int line = tokens.line();
        List<Expression> items = new ArrayList<>();
        boolean isTuple = false;
        while (!atTupleEnd()) {
            items.add(withCondition ? expression() : binary(BindingPower.OR));
            if (!tokens.isOperator(",")) {
                break;
            }
            isTuple = true;
            tokens.next();
        }
        if (isTuple || (items.isEmpty() && !mustHaveOne)) {
            return new Expression.TupleLiteral(line, List.copyOf(items));
        }
        if (items.isEmpty()) {
            throw JinjaException.syntax(
                    "Expected an expression, got '" + tokens.current().describe() + "'", line);
        }
        return items.getFirst();
    }

    private boolean atTupleEnd() {
        return tokens.is(Token.Kind.VARIABLE_END)
                || tokens.is(Token.Kind.BLOCK_END)
                || tokens.isOperator(")")
                || tokens.isName("recursive");
    }

    private Expression binary(int power) {
        deeper();
        Expression left = power <= BindingPower.AND + 1 && tokens.isName("not") ? not() : unary(true);
        while (true) {
            int binds = BindingPower.of(tokens);
            if (binds == 0 || binds < power) {
                depth--;
                return left;
            }
            left = extended(left, binds);
        }
    }

    private Expression not() {
        int line = tokens.next().line();
        return new Expression.Not(line, binary(BindingPower.COMPARE));
    }

    private Expression extended(Expression left, int binds) {
        int line = tokens.line();
        return switch (binds) {
            case BindingPower.OR, BindingPower.AND -> {
                tokens.next();
                yield new Expression.Logic(line, binds == BindingPower.AND, left, binary(binds + 1));
            }
            case BindingPower.COMPARE -> comparison(left);
            case BindingPower.CONCATENATE -> {
                List<Expression> parts = new ArrayList<>(List.of(left));
                while (tokens.skipOperator("~")) {
                    parts.add(binary(BindingPower.CONCATENATE + 1));
                }
                yield new Expression.Concatenation(line, List.copyOf(parts), escaping == Statement.Escaping.ON);
            }
            default -> {
                String operator = tokens.next().text();
                yield new Expression.Arithmetic(line, operator, left, binary(binds + 1));
            }
        };
    }

    private Expression comparison(Expression first) {
        int line = tokens.line();
        List<Expression.Comparison.Link> links = new ArrayList<>();
        while (BindingPower.of(tokens) == BindingPower.COMPARE) {
            String operator = tokens.next().text();
            if (operator.equals("not")) {
                tokens.next();
                operator = "not in";
            }
            links.add(new Expression.Comparison.Link(operator, binary(BindingPower.ADD)));
        }
        return new Expression.Comparison(line, first, List.copyOf(links));
    }

    private Expression unary(boolean withFilters) {
        deeper();
        int line = tokens.line();
        Expression node;
        if (tokens.isOperator("-") || tokens.isOperator("+")) {
            boolean negative = tokens.next().text().equals("-");
            node = new Expression.Sign(line, negative, unary(false));
        } else {
            node = primary();
        }
        node = postfix(node);
        depth--;
        return withFilters ? filters(node) : node;
    }

    Expression primary() {
        Token token = tokens.current();
        int line = token.line();
        return switch (token.kind()) {
            case NAME -> {
                tokens.next();
                yield switch (token.text()) {
                    case "true", "True" -> new Expression.Literal(line, Value.Bool.TRUE);
                    case "false", "False" -> new Expression.Literal(line, Value.Bool.FALSE);
                    case "none", "None" -> new Expression.Literal(line, Value.None.NONE);
                    default -> new Expression.Name(line, token.text());
                };
            }
            case STRING -> {
                // Strings side by side are one, as in Python.
                StringBuilder joined = new StringBuilder();
                while (tokens.is(Token.Kind.STRING)) {
                    joined.append(tokens.next().text());
                }
                yield new Expression.Literal(line, Text.of(joined.toString()));
            }
            case INTEGER -> {
                tokens.next();
                yield new Expression.Literal(line, new Value.Int(integer(token.text()), 0));
            }
            case FLOAT -> {
                tokens.next();
                double value = Double.parseDouble(token.text().replace("_", ""));
                yield new Expression.Literal(line, new Value.Real(value, 0));
            }
            default -> bracketed(token);
        };
    }

    private Expression bracketed(Token token) {
        if (tokens.skipOperator("(")) {
            Expression inner = tuple(true, false);
            tokens.expectOperator(")");
            return inner;
        }
        if (tokens.skipOperator("[")) {
            List<Expression> items = new ArrayList<>();
            while (!tokens.isOperator("]")) {
                items.add(expression());
                if (!tokens.isOperator("]")) {
                    tokens.expectOperator(",");
                }
            }
            tokens.expectOperator("]");
            return new Expression.ListLiteral(token.line(), List.copyOf(items));
        }
        if (tokens.skipOperator("{")) {
            List<Expression.DictLiteral.Pair> pairs = new ArrayList<>();
            while (!tokens.isOperator("}")) {
                Expression key = expression();
                tokens.expectOperator(":");
                pairs.add(new Expression.DictLiteral.Pair(key, expression()));
                if (!tokens.isOperator("}")) {
                    tokens.expectOperator(",");
                }
            }
            tokens.expectOperator("}");
            return new Expression.DictLiteral(token.line(), List.copyOf(pairs));
        }
        throw tokens.unexpected();
    }

    private static BigInteger integer(String text) {
        String digits = text.replace("_", "").toLowerCase(Locale.ROOT);
        if (digits.startsWith("0x")) {
            return new BigInteger(digits.substring(2), 16);
        }
        if (digits.startsWith("0o")) {
            return new BigInteger(digits.substring(2), 8);
        }
        return digits.startsWith("0b") ? new BigInteger(digits.substring(2), 2) : new BigInteger(digits);
    }

    Expression postfix(Expression start) {
        Expression node = start;
        while (true) {
            if (tokens.isOperator(".")) {
                node = member(node);
            } else if (tokens.isOperator("[")) {
                node = subscript(node);
            } else if (tokens.isOperator("(")) {
                node = new Expression.Call(tokens.line(), node, arguments());
            } else {
                return node;
            }
        }
    }

    private Expression member(Expression target) {
        int line = tokens.next().line();
        if (tokens.is(Token.Kind.INTEGER)) {
            Value index = new Value.Int(integer(tokens.next().text()), 0);
            return new Expression.Item(line, target, new Expression.Literal(line, index));
        }
        return new Expression.Attribute(
                line, target, tokens.expect(Token.Kind.NAME).text());
    }

    private Expression subscript(Expression target) {
        int line = tokens.next().line();
        if (tokens.skipOperator("]")) {
            return new Expression.Item(line, target, new Expression.TupleLiteral(line, List.of()));
        }
        Expression start = tokens.isOperator(":") ? null : expression();
        if (!tokens.isOperator(":")) {
            Expression index = start == null ? expression() : start;
            if (tokens.isOperator(",")) {
                List<Expression> items = new ArrayList<>(List.of(index));
                while (tokens.skipOperator(",")) {
                    items.add(expression());
                }
                index = new Expression.TupleLiteral(line, List.copyOf(items));
            }
            tokens.expectOperator("]");
            return new Expression.Item(line, target, index);
        }
        tokens.next();
        Expression stop = sliceEnd();
        Expression step = tokens.skipOperator(":") ? sliceEnd() : null;
        tokens.expectOperator("]");
        return new Expression.Slice(line, target, start, stop, step);
    }

    private @Nullable Expression sliceEnd() {
        return tokens.isOperator(":") || tokens.isOperator("]") ? null : expression();
    }

    /** {@code |filter} and {@code is test}, as many as follow. */
    Expression filters(Expression start) {
        Expression node = start;
        while (true) {
            if (tokens.isOperator("|")) {
                node = filter(node);
            } else if (tokens.isName("is")) {
                node = test(node);
            } else if (tokens.isOperator("(")) {
                node = new Expression.Call(tokens.line(), node, arguments());
            } else {
                return node;
            }
        }
    }

    private Expression filter(Expression target) {
        tokens.next();
        return namedFilter(target);
    }

    /** A filter whose {@code |} is read already, or that stands first in a filter block. */
    Expression namedFilter(Expression target) {
        int line = tokens.line();
        String name = dottedName();
        Arguments arguments = tokens.isOperator("(") ? arguments() : Arguments.NONE;
        return new Expression.Filter(line, target, name, arguments);
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(tokens.expect(Token.Kind.NAME).text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Token.Kind.NAME).text());
        }
        return name.toString();
    }

    private Expression test(Expression target) {
        int line = tokens.next().line();
        boolean negated = tokens.skipName("not");
        String name = dottedName();
        Arguments arguments = Arguments.NONE;
        if (tokens.isOperator("(")) {
            arguments = arguments();
        } else if (startsTestArgument()) {
            if (tokens.isName("is")) {
                throw JinjaException.syntax("You cannot chain multiple tests with is", tokens.line());
            }
            arguments = new Arguments(List.of(postfix(primary())), List.of(), null, null);
        }
        Expression test = new Expression.Test(line, target, name, arguments);
        return negated ? new Expression.Not(line, test) : test;
    }

    private boolean startsTestArgument() {
        Token token = tokens.current();
        return switch (token.kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case OPERATOR -> token.isOperator("[") || token.isOperator("{");
            default -> false;
        };
    }

    Arguments arguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        List<Arguments.Keyword> keywords = new ArrayList<>();
        Expression star = null;
        Expression doubleStar = null;
        while (!tokens.isOperator(")")) {
            if (tokens.skipOperator("**")) {
                doubleStar = expression();
            } else if (tokens.skipOperator("*")) {
                star = expression();
            } else if (tokens.is(Token.Kind.NAME) && tokens.look().isOperator("=")) {
                String name = tokens.next().text();
                if (keywords.stream().anyMatch(keyword -> keyword.name().equals(name))) {
                    throw JinjaException.syntax("keyword argument repeated: " + name, tokens.line());
                }
                tokens.next();
                keywords.add(new Arguments.Keyword(name, expression()));
            } else if (!keywords.isEmpty() || star != null || doubleStar != null) {
                throw JinjaException.syntax("invalid syntax for function call expression", tokens.line());
            } else {
                positional.add(expression());
            }
            if (!tokens.isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        tokens.expectOperator(")");
        return new Arguments(List.copyOf(positional), List.copyOf(keywords), star, doubleStar);
    }

    private void deeper() {
        if (++depth > MAX_DEPTH) {
            throw JinjaException.syntax("an expression is nested deeper than " + MAX_DEPTH, tokens.line());
        }
    }
}
