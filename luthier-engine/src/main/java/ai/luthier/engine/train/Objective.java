package ai.luthier.engine.train;

import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a run makes smaller, and over which rows. Rows are addressed by their place in the file, as the step plan does; how
 * gradients come about is the {@link GradientStep}'s.
 */
sealed interface Objective permits SupervisedObjective, PreferenceObjective {

    /** Where a run's rows come from. */
    @FunctionalInterface
    interface Source {
        /** Reads and encodes them. The same spec and files give the same rows. */
        Objective read();
    }

    /** How many rows are trained on. */
    int trainingRows();

    /** How many rows of the validation file there are; may be 0. */
    int validationRows();

    /** Tokens of these training rows, as they are counted and billed. */
    long tokens(int[] rows);

    /** Tokens of all training rows, once. */
    long trainingTokens();

    /** Tokens of the longest training row. */
    int longestRow();

    /** Rows that go through the model as they are in every epoch, in the order of the file; may be empty. */
    List<TokenizedExample> rowsThatComeAgain();

    /** What a person should know of rows that were dropped or cut. */
    List<String> warnings();

    /** Whether something must be computed before the first update: the run then writes a checkpoint first. */
    boolean prepares();

    /**
     * Computes what is needed once, before the first update, or reads what an earlier worker kept.
     *
     * @param folder of the run
     * @param begun whether updates were made already
     */
    void prepare(GradientStep step, Path folder, WriteGate gate, RunObserver observer, boolean begun)
            throws IOException;

    /** Sets the adapter's gradients to those of the loss over these training rows. */
    Measured differentiate(GradientStep step, int[] rows);

    /** The loss over the validation rows {@code [from, to)}, without gradients. */
    Measured measure(GradientStep step, int from, int to);

    /** What a first loss says about rows that the model was not made for. */
    Optional<String> doubt(double firstLoss, int vocabulary);
}
