package ai.luthier.text.jinja;

import ai.luthier.text.jinja.Statement.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Parses the body of a template into statements; what stands inside the tags is left to {@link ExpressionParser}. */
final class Parser {

    /** Nesting of blocks in blocks. */
    private static final int MAX_DEPTH = 200;

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int depth;
    private int loops;
    /** How many assignments to the name {@code loop} have been met. */
    private int loopAssignments;

    private final Set<String> blocks = new HashSet<>();

    private Parser(List<Token> tokens) {
        this.tokens = new TokenStream(tokens);
        this.expressions = new ExpressionParser(this.tokens);
    }

    static List<Statement> parse(String source) {
        Parser parser = new Parser(Lexer.tokens(source));
        return parser.body(Set.of(), parser.tokens.line());
    }

    /** Statements up to a block tag named in {@code ends}, whose name is left as the current token. */
    private List<Statement> body(Set<String> ends, int openedOn) {
        if (++depth > MAX_DEPTH) {
            throw JinjaException.syntax("blocks are nested deeper than " + MAX_DEPTH, tokens.line());
        }
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            switch (token.kind()) {
                case DATA ->
                    statements.add(new Statement.Literal(
                            token.line(), Text.of(tokens.next().text())));
                case VARIABLE_BEGIN -> {
                    tokens.next();
                    statements.add(new Statement.Output(token.line(), expressions.tuple(), expressions.escaping()));
                    tokens.expect(Token.Kind.VARIABLE_END);
                }
                case BLOCK_BEGIN -> {
                    tokens.next();
                    if (tokens.is(Token.Kind.NAME)
                            && ends.contains(tokens.current().text())) {
                        depth--;
                        return List.copyOf(statements);
                    }
                    statements.addAll(statement(ends));
                }
                case END -> {
                    if (!ends.isEmpty()) {
                        throw JinjaException.syntax(
                                "Unexpected end of template. Jinja was looking for the following tags: "
                                        + ends.stream().sorted().toList() + ". The block opened in line " + openedOn
                                        + " needs to be closed.",
                                token.line());
                    }
                    depth--;
                    return List.copyOf(statements);
                }
                default -> throw tokens.unexpected();
            }
        }
    }

    /** The body of a block that ends with {@code end}, the end tag consumed. */
    private List<Statement> closed(String end, int line) {
        blockEnd();
        List<Statement> body = body(Set.of(end), line);
        tokens.next();
        return body;
    }

    private void blockEnd() {
        // Jinja tolerates a colon after the head of a block.
        tokens.skipOperator(":");
        tokens.expect(Token.Kind.BLOCK_END);
    }

    private List<Statement> statement(Set<String> ends) {
        Token tag = tokens.expect(Token.Kind.NAME);
        int line = tag.line();
        List<Statement> parsed = switch (tag.text()) {
            case "if" -> List.of(conditional(line));
            case "for" -> List.of(loop(line));
            case "set" -> List.of(set(line));
            case "macro" -> List.of(macro(line));
            case "call" -> List.of(call(line));
            case "filter" -> List.of(filter(line));
            case "with" -> List.of(with(line));
            case "print" -> printed(line);
            case "generation" -> List.of(generation(line));
            case "block" -> List.of(block(line));
            case "autoescape" -> List.of(autoescape(line));
            case "include", "import", "from", "extends" -> List.of(load(line));
            case "break" -> List.of(inLoop(new Statement.Break(line), line));
            case "continue" -> List.of(inLoop(new Statement.Continue(line), line));
            default -> throw unknown(tag, ends);
        };
        tokens.expect(Token.Kind.BLOCK_END);
        return parsed;
    }

    private static JinjaException unknown(Token tag, Set<String> ends) {
        String looking = ends.isEmpty()
                ? ""
                : " Jinja was looking for the following tags: "
                        + ends.stream().sorted().toList() + ".";
        return JinjaException.syntax("Encountered unknown tag '" + tag.text() + "'." + looking, tag.line());
    }

    private List<Statement> printed(int line) {
        List<Statement> outputs = new ArrayList<>();
        if (tokens.is(Token.Kind.BLOCK_END)) {
            return outputs;
        }
        do {
            outputs.add(new Statement.Output(line, expressions.expression(), expressions.escaping()));
        } while (tokens.skipOperator(","));
        return outputs;
    }

    private Statement inLoop(Statement statement, int line) {
        if (loops == 0) {
            throw JinjaException.syntax("break and continue stand inside a loop only", line);
        }
        return statement;
    }

    /** A body whose {@code break} cannot reach a loop around it: it runs as a function of its own. */
    private List<Statement> isolated(String end, int line) {
        int outer = loops;
        loops = 0;
        List<Statement> body = closed(end, line);
        loops = outer;
        return body;
    }

    /** Nothing is ever loaded, so what is asked for is passed over. */
    private Statement load(int line) {
        expressions.expression();
        while (!tokens.is(Token.Kind.BLOCK_END) && !tokens.is(Token.Kind.END)) {
            tokens.next();
        }
        return new Statement.Load(line);
    }

    private Statement generation(int line) {
        List<Statement> body = isolated("endgeneration", line);
        return new Statement.Generation(line, Names.signature("caller", List.of(), List.of(), body), body);
    }

    private Statement conditional(int line) {
        List<Statement.If.Branch> branches = new ArrayList<>();
        while (true) {
            Expression condition = expressions.withoutCondition();
            blockEnd();
            branches.add(new Statement.If.Branch(condition, body(Set.of("elif", "else", "endif"), line)));
            if (tokens.skipName("elif")) {
                continue;
            }
            List<Statement> otherwise = tokens.skipName("else") ? closed("endif", line) : endOfIf();
            return new Statement.If(line, List.copyOf(branches), otherwise);
        }
    }

    private List<Statement> endOfIf() {
        tokens.expectName("endif");
        return List.of();
    }

    private Statement loop(int line) {
        int assigned = loopAssignments;
        Target target = target();
        tokens.expectName("in");
        Expression iterable = expressions.withoutCondition();
        Expression filter = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        blockEnd();
        loops++;
        List<Statement> body = body(Set.of("else", "endfor"), line);
        loops--;
        List<Statement> otherwise = List.of();
        if (tokens.next().isName("else")) {
            otherwise = closed("endfor", line);
        }
        if (loopAssignments > assigned) {
            throw new JinjaException(
                    "TemplateAssertionError", "Can't assign to special loop variable in for-loop target", line);
        }
        return new Statement.For(line, target, iterable, filter, body, otherwise, recursive);
    }

    /** Names to assign to, in parentheses or not. */
    private Target target() {
        List<Target> targets = new ArrayList<>();
        boolean unpacked = false;
        do {
            targets.add(singleTarget());
            if (!tokens.isOperator(",")) {
                break;
            }
            unpacked = true;
            tokens.next();
        } while (tokens.is(Token.Kind.NAME) || tokens.isOperator("("));
        return unpacked ? new Target.Unpacked(List.copyOf(targets)) : targets.getFirst();
    }

    private Target singleTarget() {
        if (tokens.skipOperator("(")) {
            Target inner = target();
            tokens.expectOperator(")");
            return inner;
        }
        Token name = tokens.expect(Token.Kind.NAME);
        if (tokens.skipOperator(".")) {
            String attribute = tokens.expect(Token.Kind.NAME).text();
            return new Target.NamespaceAttribute(name.line(), name.text(), attribute);
        }
        if (Set.of("true", "false", "none", "True", "False", "None").contains(name.text())) {
            throw JinjaException.syntax("can't assign to '" + name.text() + "'", name.line());
        }
        loopAssignments += name.text().equals("loop") ? 1 : 0;
        return new Target.Variable(name.text());
    }

    private Statement set(int line) {
        Target target = target();
        if (tokens.skipOperator("=")) {
            return new Statement.Set(line, target, expressions.tuple());
        }
        Expression value = expressions.filters(new Expression.Name(line, Statement.CAPTURED));
        return new Statement.SetBlock(line, target, value, closed("endset", line));
    }

    private Statement filter(int line) {
        Expression first = expressions.namedFilter(new Expression.Name(line, Statement.CAPTURED));
        return new Statement.FilterBlock(line, expressions.filters(first), closed("endfilter", line));
    }

    private Statement macro(int line) {
        String name = tokens.expect(Token.Kind.NAME).text();
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        parameters(parameters, defaults);
        List<Statement> body = isolated("endmacro", line);
        return new Statement.MacroDefinition(line, Names.signature(name, parameters, defaults, body), body);
    }

    private void parameters(List<String> parameters, List<Expression> defaults) {
        tokens.expectOperator("(");
        while (!tokens.isOperator(")")) {
            String name = tokens.expect(Token.Kind.NAME).text();
            if (parameters.contains(name)) {
                throw JinjaException.syntax("duplicate argument '" + name + "' in function definition", tokens.line());
            }
            if (name.equals("caller") && !tokens.isOperator("=")) {
                throw JinjaException.syntax(
                        "When defining macros or call blocks the special \"caller\" argument must be omitted or be"
                                + " given a default.",
                        tokens.line());
            }
            parameters.add(name);
            if (tokens.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw JinjaException.syntax("non-default argument follows default argument", tokens.line());
            }
            if (!tokens.isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        tokens.expectOperator(")");
    }

    private Statement call(int line) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        if (tokens.isOperator("(")) {
            parameters(parameters, defaults);
        }
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw JinjaException.syntax("expected call", line);
        }
        List<Statement> body = isolated("endcall", line);
        return new Statement.CallBlock(line, call, Names.signature("caller", parameters, defaults, body), body);
    }

    private Statement with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.is(Token.Kind.BLOCK_END)) {
            int assigned = loopAssignments;
            targets.add(target());
            loopAssignments = assigned;
            tokens.expectOperator("=");
            values.add(expressions.expression());
            if (!tokens.is(Token.Kind.BLOCK_END)) {
                tokens.expectOperator(",");
            }
        }
        return new Statement.With(line, List.copyOf(targets), List.copyOf(values), closed("endwith", line));
    }

    private Statement autoescape(int line) {
        Expression value = expressions.expression();
        Statement.Escaping chosen = value instanceof Expression.Literal literal
                ? Values.truth(literal.value()) ? Statement.Escaping.ON : Statement.Escaping.OFF
                : Statement.Escaping.AS_SET;
        Statement.Escaping outside = expressions.escape(chosen);
        List<Statement> body = closed("endautoescape", line);
        expressions.escape(outside);
        return new Statement.Autoescape(line, value, body);
    }

    private Statement block(int line) {
        String name = tokens.expect(Token.Kind.NAME).text();
        if (!blocks.add(name)) {
            throw JinjaException.syntax("block '" + name + "' defined twice", line);
        }
        boolean scoped = tokens.skipName("scoped");
        tokens.skipName("required");
        Statement.Escaping outside = expressions.escape(Statement.Escaping.OFF);
        List<Statement> body = isolated("endblock", line);
        expressions.escape(outside);
        tokens.skipName(name);
        return new Statement.Block(line, name, body, scoped);
    }
}
