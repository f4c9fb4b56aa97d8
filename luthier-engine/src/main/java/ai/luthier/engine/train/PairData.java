package ai.luthier.engine.train;

import ai.luthier.text.tokens.TokenizedPair;
import java.util.List;

/**
 * The preference pairs of a run as the model will see them, each with something to learn on both sides.
 *
 * @param training in the order of the file; the step plan's row numbers index it
 * @param validation in the order of the file; may be empty
 * @param warnings what a person should know of rows that were dropped or cut
 */
public record PairData(List<TokenizedPair> training, List<TokenizedPair> validation, List<String> warnings) {

    public PairData {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
        warnings = List.copyOf(warnings);
    }
}
