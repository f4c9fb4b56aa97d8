package ai.luthier.text.data;

import java.util.List;

/**
 * What the tokens of a row amount to.
 *
 * @param tokens of the whole row as it would be trained, before any cut; of a preference row those of its longer side
 * @param trained tokens that are trained on and billed, after any cut; a preference row's prompt counts once
 * @param supervised tokens that are learnt, among those within the limit
 * @param specialTokens texts of special tokens that the row's content contains
 */
public record RowTokens(int tokens, int trained, int supervised, List<String> specialTokens) {

    public RowTokens {
        specialTokens = List.copyOf(specialTokens);
        if (tokens < 0 || supervised < 0 || supervised > trained) {
            throw new IllegalArgumentException(supervised + " supervised of " + trained + " tokens");
        }
    }

    /** A chat or completion row, cut at the limit. */
    public static RowTokens of(int tokens, int limit, int supervised, List<String> specialTokens) {
        return new RowTokens(tokens, Math.min(tokens, limit), supervised, specialTokens);
    }
}
