package ai.luthier.engine.train;

import ai.luthier.text.tokens.TokenizedExample;
import java.util.List;

/**
 * What a model says of each supervised token of a batch, in the batch's order.
 *
 * @param logProbabilities {@code [n]} in nats
 * @param best {@code [n]}: whether none was likelier
 */
record TokenScores(float[] logProbabilities, boolean[] best) {

    /**
     * Sums over the supervised tokens of one row.
     *
     * @param logProbability in nats
     * @param correct tokens than which none was likelier
     * @param tokens how many
     */
    record OfRow(double logProbability, int correct, int tokens) {}

    /** The sums of every row; {@code rows} are those of the batch, in its order. */
    List<OfRow> byRow(List<TokenizedExample> rows) {
        int[] at = {0};
        return rows.stream()
                .map(row -> {
                    double sum = 0;
                    int correct = 0;
                    int count = row.supervisedCount();
                    for (int i = 0; i < count; i++, at[0]++) {
                        sum += logProbabilities[at[0]];
                        correct += best[at[0]] ? 1 : 0;
                    }
                    return new OfRow(sum, correct, count);
                })
                .toList();
    }
}
