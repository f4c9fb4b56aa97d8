package ai.luthier.text.chat;

import java.util.Locale;

/** Comparisons of rendered texts. */
final class Texts {

    private Texts() {}

    static int commonPrefix(String a, String b) {
        int length = Math.min(a.length(), b.length());
        int same = 0;
        while (same < length && a.charAt(same) == b.charAt(same)) {
            same++;
        }
        return same;
    }

    /** The same without a token such as {@code <think>} that was only begun where the two part. */
    static int commonTokens(String a, String b) {
        int same = commonPrefix(a, b);
        while (same > 0 && !endsToken(a.charAt(same - 1))) {
            same--;
        }
        return same;
    }

    private static int commonSuffix(String a, String b) {
        int length = Math.min(a.length(), b.length());
        int same = 0;
        while (same < length && a.charAt(a.length() - 1 - same) == b.charAt(b.length() - 1 - same)) {
            same++;
        }
        return same;
    }

    /** Whether {@code kept} is {@code whole} without one (possibly empty) piece. */
    static boolean isWithOnePieceLeftOut(String kept, String whole) {
        return kept.length() <= whole.length()
                && commonPrefix(kept, whole) + commonSuffix(kept, whole) >= kept.length();
    }

    /**
     * What two continuations of a message have in common, without trailing whitespace. Where they part in the middle of
     * something like {@code <|end|><|…}, the token that was begun is left out. Where they have nothing in common, because a
     * conversation ends with another token than a turn, the first token of {@code last}.
     */
    static String commonTurnEnd(String last, String continued) {
        int same = commonPrefix(last, continued);
        if (same < last.length()) {
            while (same > 0 && !endsToken(last.charAt(same - 1))) {
                same--;
            }
        }
        String common = withoutOpening(last.substring(0, same).stripTrailing());
        return common.isEmpty() ? firstToken(last) : common;
    }

    /**
     * The tokens that two continuations of a message have in common and that end it, empty where there are none. What they
     * share may belong to the next turn already: tokens that say they begin something, and one to which the name of a role is
     * joined, {@code <role>user}.
     */
    static String commonEnding(String continued, String other) {
        int same = commonTokens(continued, other);
        String common = continued.substring(0, same).stripTrailing();
        boolean joined = same == common.length()
                && same < continued.length()
                && Character.isLetterOrDigit(continued.charAt(same));
        if (joined && !common.startsWith("/", lastToken(common) + 1)) {
            common = common.substring(0, lastToken(common)).stripTrailing();
        }
        String ending = withoutOpening(common);
        boolean token = !ending.isEmpty() && endsToken(ending.charAt(ending.length() - 1));
        return token && !opens(ending) ? ending : "";
    }

    /**
     * Without tokens at its end that say they begin something: {@code <|end|><|start_of_turn|>} ends a turn and opens the next
     * one, whoever writes it.
     */
    private static String withoutOpening(String common) {
        String before = opens(common) ? common.substring(0, lastToken(common)).stripTrailing() : "";
        return before.isEmpty() ? common : withoutOpening(before);
    }

    /** Whether the token at the end of a text says that it begins something. */
    private static boolean opens(String text) {
        String token = text.substring(lastToken(text)).toLowerCase(Locale.ROOT);
        return (token.startsWith("<") || token.startsWith("["))
                && (token.contains("start") || token.contains("begin"))
                && endsToken(token.charAt(token.length() - 1));
    }

    /** Where the last bracket opens, else 0. */
    private static int lastToken(String text) {
        return Math.max(0, Math.max(text.lastIndexOf('<'), text.lastIndexOf('[')));
    }

    /** Whether {@link #commonTurnEnd} is the same for every continuation: all of it, but for whitespace at its end. */
    static boolean isOneToken(String last) {
        return firstToken(last).equals(last.stripTrailing());
    }

    /** Through the first closing bracket, else through the first run of what is not whitespace. */
    private static String firstToken(String text) {
        int end = 0;
        while (end < text.length() && Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        while (end < text.length() && !endsToken(text.charAt(end))) {
            end++;
        }
        boolean bracket = end < text.length() && !Character.isWhitespace(text.charAt(end));
        return text.substring(0, bracket ? end + 1 : end).stripTrailing();
    }

    private static boolean endsToken(char c) {
        return Character.isWhitespace(c) || c == '>' || c == ']' || c == '}';
    }

    static String shortened(String text) {
        String line = text.replace("\n", "\\n");
        return line.length() <= 60 ? line : line.substring(0, 60) + "…";
    }
}
