package ai.luthier.text.data;

/** Counts the tokens of a row with the tokenizer and template of the base, by the code that the trainer uses. */
@FunctionalInterface
public interface TokenCounter {

    /**
     * The counts of one row.
     *
     * @param limit tokens of the row that can be trained on; those behind it count as not supervised
     * @throws ai.luthier.api.UserError if the template cannot render the row or tell its answers from the rest
     */
    RowTokens count(Example example, int limit);
}
