package ai.luthier.engine.train;

import ai.luthier.text.tokens.TokenizedExample;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Supervised fine-tuning: the mean negative log-likelihood of the learnt tokens.
 *
 * @param data the rows
 */
record SupervisedObjective(RunData data) implements Objective {

    @Override
    public int trainingRows() {
        return data.training().size();
    }

    @Override
    public int validationRows() {
        return data.validation().size();
    }

    @Override
    public long tokens(int[] rows) {
        return examples(rows).stream().mapToLong(row -> row.ids().length).sum();
    }

    @Override
    public long trainingTokens() {
        return data.trainingTokens();
    }

    @Override
    public int longestRow() {
        return data.training().stream().mapToInt(row -> row.ids().length).max().orElse(1);
    }

    @Override
    public List<TokenizedExample> rowsThatComeAgain() {
        return data.training();
    }

    @Override
    public List<String> warnings() {
        return data.warnings();
    }

    @Override
    public boolean prepares() {
        return false;
    }

    @Override
    public void prepare(GradientStep step, Path folder, WriteGate gate, RunObserver observer, boolean begun) {
        // Rows are all it needs.
    }

    @Override
    public Measured differentiate(GradientStep step, int[] rows) {
        return Measured.of(step.differentiate(examples(rows)));
    }

    @Override
    public Measured measure(GradientStep step, int from, int to) {
        return Measured.of(step.measure(data.validation().subList(from, to)));
    }

    private List<TokenizedExample> examples(int[] rows) {
        return Arrays.stream(rows).mapToObj(data.training()::get).toList();
    }

    /** A model that knows nothing has the loss ln|V|; a larger one means that it expects something else. */
    @Override
    public Optional<String> doubt(double firstLoss, int vocabulary) {
        double ignorance = Math.log(vocabulary);
        if (firstLoss <= ignorance) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "The first training loss is %.2f, above ln|V| = %.2f: worse than guessing. Likely causes: the chat"
                        + " template or the tokenizer is not the base model's, the answers are in a script the base"
                        + " has not seen, or its weights are damaged.",
                firstLoss,
                ignorance));
    }
}
