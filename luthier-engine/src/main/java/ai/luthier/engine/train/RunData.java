package ai.luthier.engine.train;

import ai.luthier.text.tokens.TokenizedExample;
import java.util.List;

/**
 * The examples of a run as the model will see them, each with at least one supervised token.
 *
 * @param training in the order of the file; the step plan's row numbers index it
 * @param validation in the order of the file; may be empty
 * @param warnings what a person should know of rows that were dropped or cut
 */
public record RunData(List<TokenizedExample> training, List<TokenizedExample> validation, List<String> warnings) {

    public RunData {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
        warnings = List.copyOf(warnings);
    }

    /** All tokens of the training examples, prompt and answer, once. */
    long trainingTokens() {
        return training.stream().mapToLong(example -> example.ids().length).sum();
    }

    /** Where a run's examples come from; files in production. */
    @FunctionalInterface
    public interface Source {
        /** Reads and encodes them. The same spec and files give the same examples. */
        RunData read();
    }
}
