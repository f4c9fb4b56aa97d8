package ai.luthier.text.tokens;

import java.util.Arrays;

/**
 * One training example as the model sees it.
 *
 * @param ids token ids, {@code [t]}
 * @param supervised {@code [t]}: whether the loss of predicting {@code ids[i]} from the tokens before it counts; the first
 *     token has none before it and never counts
 */
public record TokenizedExample(int[] ids, boolean[] supervised) implements EncodedRow<TokenizedExample> {

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

    @Override
    public int longest() {
        return ids.length;
    }

    @Override
    public boolean learnable() {
        return supervisedCount() > 0;
    }

    @Override
    public TokenizedExample wanted() {
        return this;
    }

    /** The first {@code limit} tokens; the same where there are no more. */
    @Override
    public TokenizedExample cut(int limit) {
        return ids.length <= limit
                ? this
                : new TokenizedExample(Arrays.copyOf(ids, limit), Arrays.copyOf(supervised, limit));
    }

    /** The index of the first token that is predicted with loss; the length where there is none. */
    public int firstSupervised() {
        int first = 1;
        while (first < supervised.length && !supervised[first]) {
            first++;
        }
        return first;
    }
}
