package ai.luthier.text.tokens;

/**
 * A row of a training file as the model sees it.
 *
 * @param <R> the kind of row
 */
public sealed interface EncodedRow<R extends EncodedRow<R>> permits TokenizedExample, TokenizedPair {

    /** Tokens of the longest sequence that it takes through the model: what a limit is about. */
    int longest();

    /** The same with every sequence cut at its end to so many tokens. */
    R cut(int limit);

    /** Whether something in it can be learnt. */
    boolean learnable();

    /** The sequence that ends as answers should. */
    TokenizedExample wanted();
}
