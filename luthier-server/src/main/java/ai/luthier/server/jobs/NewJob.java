package ai.luthier.server.jobs;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for, its form already checked.
 *
 * @param model the snapshot of the base, or an {@code ft:} name to go on from
 * @param validationFile null for none
 * @param suffix for the name of the model; null for none
 * @param seed null means that one is made up
 * @param metadata at most 16 pairs; null for none
 * @param extension the object {@code luthier} of the request; null for none
 */
public record NewJob(
        String model,
        String trainingFile,
        @Nullable String validationFile,
        @Nullable String suffix,
        @Nullable Integer seed,
        TrainingChoices asked,
        @Nullable Map<String, String> metadata,
        @Nullable Map<String, Object> extension) {

    public NewJob {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(trainingFile, "trainingFile");
        Objects.requireNonNull(asked, "asked");
        metadata = metadata == null ? null : Map.copyOf(metadata);
        extension = extension == null ? null : Map.copyOf(extension);
    }
}
