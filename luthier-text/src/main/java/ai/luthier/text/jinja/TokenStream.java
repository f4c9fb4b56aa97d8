package ai.luthier.text.jinja;

import java.util.List;

/** A cursor over the tokens of a template. */
final class TokenStream {

    private final List<Token> tokens;
    private int at;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token look() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = current();
        if (at < tokens.size() - 1) {
            at++;
        }
        return token;
    }

    int line() {
        return current().line();
    }

    boolean is(Token.Kind kind) {
        return current().kind() == kind;
    }

    boolean isName(String name) {
        return current().isName(name);
    }

    boolean isOperator(String operator) {
        return current().isOperator(operator);
    }

    boolean skipName(String name) {
        boolean found = isName(name);
        if (found) {
            next();
        }
        return found;
    }

    boolean skipOperator(String operator) {
        boolean found = isOperator(operator);
        if (found) {
            next();
        }
        return found;
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw expected(name);
        }
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw expected(operator);
        }
    }

    Token expect(Token.Kind kind) {
        if (!is(kind)) {
            throw expected(
                    switch (kind) {
                        case NAME, STRING, INTEGER, FLOAT -> kind.name().toLowerCase(java.util.Locale.ROOT);
                        default -> new Token(kind, "", 0).describe();
                    });
        }
        return next();
    }

    JinjaException expected(String what) {
        if (is(Token.Kind.END)) {
            return JinjaException.syntax("unexpected end of template, expected '" + what + "'.", line());
        }
        return JinjaException.syntax(
                "expected token '" + what + "', got '" + current().describe() + "'", line());
    }

    JinjaException unexpected() {
        return JinjaException.syntax("unexpected '" + current().describe() + "'", line());
    }
}
