package ai.luthier.text.data;

/**
 * The tokens of all rows that are trained on, after any cut: what one epoch trains and bills.
 *
 * @param rows that are trained on; those without a supervised token are not
 * @param tokens prompt and answer of these rows
 * @param supervised the learnt ones among them
 * @param longest tokens of the longest row of the file, before any cut
 * @param longestLine where it is; 0 in a file without rows
 * @param overlong rows above the limit
 */
public record TokenTotals(int rows, long tokens, long supervised, int longest, int longestLine, int overlong) {

    static final TokenTotals NONE = new TokenTotals(0, 0, 0, 0, 0, 0);

    /** The totals with one more row. */
    TokenTotals plus(RowTokens row, int line, int limit) {
        boolean trained = row.supervised() > 0;
        boolean longer = row.tokens() > longest;
        return new TokenTotals(
                rows + (trained ? 1 : 0),
                tokens + (trained ? row.trained() : 0),
                supervised + row.supervised(),
                longer ? row.tokens() : longest,
                longer ? line : longestLine,
                overlong + (row.tokens() > limit ? 1 : 0));
    }
}
