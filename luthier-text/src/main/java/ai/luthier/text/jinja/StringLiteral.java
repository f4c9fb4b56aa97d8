package ai.luthier.text.jinja;

/** Reads the escapes of a Python string literal: Jinja passes its literals through {@code unicode-escape}. */
final class StringLiteral {

    private StringLiteral() {}

    static String unescape(String body, int line) {
        if (body.indexOf('\\') < 0) {
            return body;
        }
        StringBuilder out = new StringBuilder(body.length());
        int at = 0;
        while (at < body.length()) {
            char c = body.charAt(at++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escaped = body.charAt(at++);
            switch (escaped) {
                case '\n' -> {}
                case '\\', '\'', '"' -> out.append(escaped);
                case 'a' -> out.append('\u0007');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'v' -> out.append('\u000b');
                case 'x' -> at = hexadecimal(body, at, 2, out, line);
                case 'u' -> at = hexadecimal(body, at, 4, out, line);
                case 'U' -> at = hexadecimal(body, at, 8, out, line);
                case 'N' -> at = named(body, at, out, line);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> at = octal(body, at - 1, out);
                default -> {
                    // Jinja passes a literal through ASCII first, where what is not ASCII becomes an escape of its own.
                    out.append('\\');
                    if (escaped < 0x80) {
                        out.append(escaped);
                    } else {
                        int codePoint = body.codePointAt(at - 1);
                        out.append(Printer.hexadecimal(codePoint).substring(1));
                        at += Character.charCount(codePoint) - 1;
                    }
                }
            }
        }
        return out.toString();
    }

    private static int hexadecimal(String body, int at, int digits, StringBuilder out, int line) {
        try {
            int code = Integer.parseUnsignedInt(body.substring(at, at + digits), 16);
            out.appendCodePoint(code);
            return at + digits;
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw JinjaException.syntax("truncated or illegal \\x, \\u or \\U escape in a string", line);
        }
    }

    private static int octal(String body, int at, StringBuilder out) {
        int end = at;
        int code = 0;
        while (end < body.length() && end < at + 3 && body.charAt(end) >= '0' && body.charAt(end) <= '7') {
            code = code * 8 + (body.charAt(end++) - '0');
        }
        out.appendCodePoint(code);
        return end;
    }

    private static int named(String body, int at, StringBuilder out, int line) {
        int end = body.indexOf('}', at);
        if (!body.startsWith("{", at) || end < 0) {
            throw JinjaException.syntax("malformed \\N character escape in a string", line);
        }
        try {
            out.appendCodePoint(Character.codePointOf(body.substring(at + 1, end)));
        } catch (IllegalArgumentException e) {
            throw JinjaException.syntax("unknown Unicode character name in a string", line);
        }
        return end + 1;
    }
}
