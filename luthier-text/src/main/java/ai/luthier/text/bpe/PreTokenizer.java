package ai.luthier.text.bpe;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts text into the pieces across which no merge reaches: words with their leading space, numbers, punctuation, space. */
final class PreTokenizer {

    /** GPT-2's expression, letter for letter; Unicode classes, because {@code \s} means all white space there. */
    private static final Pattern PIECE = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private PreTokenizer() {}

    /** Hands each piece over, in order; together they are the text. */
    static void split(String text, Consumer<String> piece) {
        Matcher matcher = PIECE.matcher(text);
        while (matcher.find()) {
            piece.accept(matcher.group());
        }
    }
}
