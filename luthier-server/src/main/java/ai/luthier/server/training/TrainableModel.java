package ai.luthier.server.training;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.train.options.Begun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model that a job can start from.
 *
 * @param baseId          of the base, as adapters record it
 * @param base            directory of the base in Hugging Face layout
 * @param template        file with a chat template that replaces the directory's own
 * @param adapter         directory with factors or changed weights to go on from, where the model is itself a tuned one
 * @param trainingContext tokens a row may have by the catalogue; the model's own limit may be smaller
 * @param learningRate    the base rate that was measured for this base, at multiplier 1
 * @param autoMultiplier  what "auto" means for {@code learning_rate_multiplier}
 */
public record TrainableModel(
        String baseId,
        Path base,
        Optional<Path> template,
        Optional<Path> adapter,
        int trainingContext,
        double learningRate,
        double autoMultiplier) {

    /** How the model was tuned; empty where it is a base. */
    Optional<Begun> begun(DecoderSpec decoder) {
        try {
            return adapter.isPresent() ? Optional.of(Begun.of(adapter.get(), decoder)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the tuned model in " + adapter, e);
        }
    }
}
