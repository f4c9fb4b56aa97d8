package ai.luthier.engine.train;

import ai.luthier.engine.model.Rows;
import ai.luthier.text.tokens.TokenizedExample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Examples laid side by side for one forward pass, with the places where they are supervised.
 *
 * <p>A row is laid down only up to the token before its last supervised one: what follows cannot change the loss, since no
 * token sees a later one. Where the rope depends on the length of the row, it is laid down whole.
 *
 * @param examples in their order
 * @param rows the inputs
 * @param positions {@code [n]} ascending indices into {@code [0, T)}: hidden states that predict a supervised token
 * @param targets {@code [n]} the ids of these tokens
 */
record Batch(List<TokenizedExample> examples, Rows rows, long[] positions, long[] targets) {

    static Batch of(List<TokenizedExample> examples, boolean whole) {
        List<int[]> inputs = new ArrayList<>();
        long[] positions = new long
                [examples.stream().mapToInt(TokenizedExample::supervisedCount).sum()];
        long[] targets = new long[positions.length];
        int found = 0;
        int start = 0;
        for (TokenizedExample example : examples) {
            int last = lastSupervised(example);
            int length = inputLength(example, whole);
            inputs.add(Arrays.copyOf(example.ids(), length));
            for (int t = 1; t <= last; t++) {
                if (example.supervised()[t]) {
                    positions[found] = (long) start + t - 1;
                    targets[found++] = example.ids()[t];
                }
            }
            start += length;
        }
        return new Batch(List.copyOf(examples), Rows.of(inputs), positions, targets);
    }

    /** Examples in their order, cut into batches of at most {@code maxTokens} input tokens and at least one example. */
    static List<Batch> within(int maxTokens, List<TokenizedExample> examples, boolean whole) {
        return GradientStep.passes(
                        examples, maxTokens, some -> of(some, whole).rows().tokens())
                .stream()
                .map(some -> of(some, whole))
                .toList();
    }

    /** How many supervised tokens it predicts. */
    int supervised() {
        return positions.length;
    }

    private static int inputLength(TokenizedExample example, boolean whole) {
        return whole ? example.ids().length : lastSupervised(example);
    }

    private static int lastSupervised(TokenizedExample example) {
        for (int t = example.ids().length - 1; t > 0; t--) {
            if (example.supervised()[t]) {
                return t;
            }
        }
        throw new IllegalArgumentException("an example without a supervised token cannot be trained on");
    }
}
