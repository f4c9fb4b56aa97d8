package ai.luthier.text.tokens;

/**
 * One training example as the model sees it.
 *
 * @param ids token ids, {@code [t]}
 * @param supervised {@code [t]}: whether the loss of predicting {@code ids[i]} from the tokens before it counts; the first
 *     token has none before it and never counts
 */
public record TokenizedExample(int[] ids, boolean[] supervised) {

    public TokenizedExample {
        if (ids.length == 0 || ids.length != supervised.length) {
            throw new IllegalArgumentException(ids.length + " tokens cannot have " + supervised.length
                    + " marks; both must be the same, at least 1");
        }
    }

    /** How many tokens are predicted with loss. */
    public int supervisedCount() {
        int count = 0;
        for (int i = 1; i < supervised.length; i++) {
            count += supervised[i] ? 1 : 0;
        }
        return count;
    }
}
