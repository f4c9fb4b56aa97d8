package ai.luthier.text.data;

import java.util.List;

/**
 * What the tokens of a row amount to.
 *
 * @param tokens of the whole row as it would be trained, before any cut
 * @param supervised tokens that are learnt, among those within the limit
 * @param specialTokens texts of special tokens that the row's content contains
 */
public record RowTokens(int tokens, int supervised, List<String> specialTokens) {

    public RowTokens {
        specialTokens = List.copyOf(specialTokens);
        if (tokens < 0 || supervised < 0 || supervised > tokens) {
            throw new IllegalArgumentException(supervised + " supervised of " + tokens + " tokens");
        }
    }
}
