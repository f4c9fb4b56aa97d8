package ai.luthier.text.jinja;

/** What Python's {@code str.isspace} and the {@code \s} of its {@code re} call whitespace; the two agree. */
final class Whitespace {

    private Whitespace() {}

    static boolean is(int codePoint) {
        return switch (codePoint) {
            case ' ',
                    '\t',
                    '\n',
                    '\r',
                    0x0B,
                    '\f',
                    0x1C,
                    0x1D,
                    0x1E,
                    0x1F,
                    0x85,
                    0xA0,
                    0x1680,
                    0x2028,
                    0x2029,
                    0x202F,
                    0x205F,
                    0x3000 -> true;
            default -> codePoint >= 0x2000 && codePoint <= 0x200A;
        };
    }

    static boolean isBlank(String text) {
        return skip(text, 0) == text.length();
    }

    /** The first index from {@code from} on that is not whitespace; all of it lies in the basic plane. */
    static int skip(String text, int from) {
        int at = from;
        while (at < text.length() && is(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The index after the last character that is not whitespace. */
    static int end(String text) {
        return end(text, text.length());
    }

    /** The same for the characters before {@code limit}. */
    static int end(String text, int limit) {
        int end = limit;
        while (end > 0 && is(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    static String stripEnd(String text) {
        return text.substring(0, end(text));
    }
}
