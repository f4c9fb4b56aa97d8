package ai.luthier.text.tokens;

import ai.luthier.text.jinja.Span;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Text to token ids and back, for one vocabulary. Implementations are safe for any thread.
 */
public interface TextTokenizer extends AutoCloseable {

    /**
     * Token ids of a text in which the strings of added tokens mean these tokens.
     *
     * @param addSpecialTokens whether what the tokenizer puts around a text (BOS, EOS) is added
     */
    int[] encode(String text, boolean addSpecialTokens);

    /**
     * Token ids of a rendered text, without tokens around it: strings of added tokens mean these tokens in what the template
     * wrote, and are ordinary text where any of their characters comes from data. Where no such string lies in the data
     * this equals {@code encode(text, false)}.
     *
     * @param data which characters of {@code text} come from data
     */
    int[] encode(String text, List<Span> data);

    /** The text of the ids, with {@code skipSpecial} without special tokens. */
    String decode(int[] ids, boolean skipSpecial);

    /** Ids lie in [0, size). */
    int vocabularySize();

    /** The id of a token by its spelling in the vocabulary. */
    OptionalInt id(String token);

    /** A token's spelling in the vocabulary. @throws IllegalArgumentException for an id that has none */
    String token(int id);

    /** Ids of the tokens that a decoder leaves out when it skips special tokens. */
    Set<Integer> specialIds();

    /** The bytes that a token adds to a text; none for a special token. A character may be spread over several tokens. */
    byte[] bytes(int id);

    /**
     * Places where a rendered text can be cut without changing its ids, ascending: {@code encode(text)} is the ids of the
     * pieces between them, one after another. Not all such places are listed.
     */
    default List<Integer> breaks(String text, List<Span> data) {
        return List.of();
    }

    /** Strings of added tokens whose characters come from data at least in part, in their order. */
    List<String> addedTokensIn(String text, List<Span> data);

    @Override
    void close();
}
