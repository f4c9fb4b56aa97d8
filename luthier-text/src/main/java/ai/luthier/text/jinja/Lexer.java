package ai.luthier.text.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens by the whitespace rules of {@code transformers}' environment: {@code trim_blocks} (a newline
 * after a block or comment tag is dropped), {@code lstrip_blocks} (blanks between the start of a line and a block or
 * comment tag are dropped), {@code -} strips all whitespace on its side, {@code +} switches the two rules off. CRLF and CR
 * are newlines; one newline at the very end of the source is dropped ({@code keep_trailing_newline} is off).
 */
final class Lexer {

    private static final Pattern TAG = Pattern.compile("\\{%|\\{\\{|\\{#");
    private static final Pattern RAW =
            Pattern.compile("\\{%[-+]?\\s*raw\\s*(?:(-)%\\}\\s*|%\\})", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern RAW_END =
            Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%\\}|-%\\}\\s*|%\\}\\n?)", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern NAME =
            Pattern.compile("[\\p{L}\\p{Nl}_][\\p{L}\\p{Nl}\\p{Mn}\\p{Mc}\\p{Nd}\\p{Pc}_]*");
    private static final Pattern FLOAT =
            Pattern.compile("(\\d+_)*\\d+((\\.(\\d+_)*\\d+)?[eE][+\\-]?(\\d+_)*\\d+|\\.(\\d+_)*\\d+)");
    private static final Pattern INTEGER =
            Pattern.compile("0[bB](_?[01])+|0[oO](_?[0-7])+|0[xX](_?[0-9a-fA-F])+|[1-9](_?\\d)*|0(_?0)*");
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",", ";");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<String> open = new ArrayDeque<>();
    private int at;
    private int line = 1;
    /** Whether the text at {@link #at} begins a line, counting a newline that a tag has swallowed. */
    private boolean lineStarts = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        String normalised = source.replace("\r\n", "\n").replace('\r', '\n');
        if (normalised.endsWith("\n")) {
            normalised = normalised.substring(0, normalised.length() - 1);
        }
        return new Lexer(normalised).all();
    }

    private List<Token> all() {
        while (at < source.length()) {
            Matcher tag = TAG.matcher(source);
            if (!tag.find(at)) {
                data(source.substring(at));
                at = source.length();
                break;
            }
            String kind = tag.group();
            char sign = tag.end() < source.length() ? source.charAt(tag.end()) : ' ';
            data(leftStripped(source.substring(at, tag.start()), sign, !kind.equals("{{")));
            countLines(at, tag.start());
            at = tag.start();
            switch (kind) {
                case "{#" -> comment(sign == '-' || sign == '+' ? 3 : 2);
                case "{{" ->
                    tag(Token.Kind.VARIABLE_BEGIN, Token.Kind.VARIABLE_END, sign == '-' || sign == '+' ? 3 : 2);
                default -> {
                    Matcher raw = RAW.matcher(source).region(at, source.length());
                    if (raw.lookingAt()) {
                        raw(raw);
                    } else {
                        tag(Token.Kind.BLOCK_BEGIN, Token.Kind.BLOCK_END, sign == '-' || sign == '+' ? 3 : 2);
                    }
                }
            }
        }
        tokens.add(new Token(Token.Kind.END, "", line));
        return tokens;
    }

    private String leftStripped(String text, char sign, boolean block) {
        if (sign == '-') {
            return Whitespace.stripEnd(text);
        }
        if (sign == '+' || !block) {
            return text;
        }
        int lineStart = text.lastIndexOf('\n') + 1;
        boolean blank = Whitespace.isBlank(text.substring(lineStart));
        return blank && (lineStart > 0 || lineStarts) ? text.substring(0, lineStart) : text;
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Token.Kind.DATA, text, line));
        }
    }

    private void comment(int opening) {
        int end = source.indexOf("#}", at + opening);
        if (end < 0) {
            throw JinjaException.syntax("Missing end of comment tag", line);
        }
        moveTo(afterTag(end + 2, end > at + opening ? source.charAt(end - 1) : ' ', true));
    }

    private void raw(Matcher begin) {
        moveTo(begin.end());
        Matcher end = RAW_END.matcher(source);
        if (!end.find(at)) {
            throw JinjaException.syntax("Missing end of raw directive", line);
        }
        String sign = end.group(1);
        data(leftStripped(source.substring(at, end.start()), sign.isEmpty() ? ' ' : sign.charAt(0), true));
        moveTo(end.end());
    }

    /** Where the text goes on after a tag that ends before {@code end}; {@code sign} stands before the closing mark. */
    private int afterTag(int end, char sign, boolean block) {
        if (sign == '-') {
            return Whitespace.skip(source, end);
        }
        return block && sign != '+' && source.startsWith("\n", end) ? end + 1 : end;
    }

    private void moveTo(int next) {
        countLines(at, next);
        lineStarts = source.charAt(next - 1) == '\n';
        at = next;
    }

    private void countLines(int from, int to) {
        for (int i = from; i < to; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
    }

    private void tag(Token.Kind begin, Token.Kind end, int opening) {
        boolean block = begin == Token.Kind.BLOCK_BEGIN;
        String closing = block ? "%}" : "}}";
        tokens.add(new Token(begin, source.substring(at, at + 2), line));
        at += opening;
        open.clear();
        while (true) {
            int next = Whitespace.skip(source, at);
            countLines(at, next);
            at = next;
            if (at >= source.length()) {
                throw JinjaException.syntax(
                        "unexpected end of template: a tag is not closed by '" + closing + "'", line);
            }
            char sign = source.charAt(at);
            boolean signed = sign == '-' || (block && sign == '+');
            if (open.isEmpty() && source.startsWith(closing, signed ? at + 1 : at)) {
                tokens.add(new Token(end, closing, line));
                moveTo(afterTag(at + (signed ? 3 : 2), signed ? sign : ' ', block));
                return;
            }
            expressionToken(sign);
        }
    }

    private void expressionToken(char first) {
        if (first == '\'' || first == '"') {
            string(first);
        } else if (!take(FLOAT, Token.Kind.FLOAT)
                && !take(INTEGER, Token.Kind.INTEGER)
                && !take(NAME, Token.Kind.NAME)) {
            operator();
        }
    }

    private boolean take(Pattern pattern, Token.Kind kind) {
        Matcher matcher = pattern.matcher(source).region(at, source.length());
        boolean afterDot = at > 0 && source.charAt(at - 1) == '.';
        if (!matcher.lookingAt() || (kind == Token.Kind.FLOAT && afterDot)) {
            return false;
        }
        tokens.add(new Token(kind, matcher.group(), line));
        at = matcher.end();
        return true;
    }

    private void string(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw JinjaException.syntax("a string is not closed by " + quote, line);
        }
        tokens.add(new Token(Token.Kind.STRING, StringLiteral.unescape(source.substring(at + 1, end), line), line));
        countLines(at, end);
        at = end + 1;
    }

    private void operator() {
        String operator = OPERATORS.stream()
                .filter(candidate -> source.startsWith(candidate, at))
                .findFirst()
                .orElseThrow(() -> JinjaException.syntax("unexpected char '" + source.charAt(at) + "'", line));
        switch (operator) {
            case "(" -> open.push(")");
            case "[" -> open.push("]");
            case "{" -> open.push("}");
            case ")", "]", "}" -> {
                if (open.isEmpty()) {
                    throw JinjaException.syntax("unexpected '" + operator + "'", line);
                }
                String expected = open.pop();
                if (!expected.equals(operator)) {
                    throw JinjaException.syntax("unexpected '" + operator + "', expected '" + expected + "'", line);
                }
            }
            default -> {}
        }
        tokens.add(new Token(Token.Kind.OPERATOR, operator, line));
        at += operator.length();
    }
}
