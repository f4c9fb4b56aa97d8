package ai.luthier.engine.train.options;

import ai.luthier.engine.adapter.ChangedWeights;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.WeightNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * How a tuned model was trained, as far as its directory tells; what a further run goes on with.
 *
 * @param rank of its factors; 0 where it has none
 * @param alpha likewise
 * @param targetModules of its factors; empty where it has none
 * @param lastLayers how many layers at the end have changed weights; 0 unless the method is {@code LAST_LAYERS}
 */
public record Begun(TrainingMethod method, int rank, double alpha, List<String> targetModules, int lastLayers) {

    public Begun {
        targetModules = List.copyOf(targetModules);
    }

    /** Reads small files only; {@code UserError(INVALID_MODEL)} where the directory is none of this model's. */
    public static Begun of(Path directory, DecoderSpec model) throws IOException {
        if (!ChangedWeights.isIn(directory)) {
            LoraSpec lora = PeftDirectory.spec(directory);
            TrainingMethod method = lora.rankStabilised() ? TrainingMethod.RSLORA : TrainingMethod.LORA;
            return new Begun(method, lora.rank(), lora.alpha(), lora.targets(), 0);
        }
        try (ChangedWeights changed = ChangedWeights.open(directory, model)) {
            boolean embedding = changed.names().contains(WeightNames.embedding(model));
            int lowest = changed.names().stream()
                    .mapToInt(name -> WeightNames.lowestUse(model, name))
                    .min()
                    .orElseThrow();
            return embedding
                    ? new Begun(TrainingMethod.FULL, 0, 0, List.of(), 0)
                    : new Begun(TrainingMethod.LAST_LAYERS, 0, 0, List.of(), model.layers() - lowest);
        }
    }
}
