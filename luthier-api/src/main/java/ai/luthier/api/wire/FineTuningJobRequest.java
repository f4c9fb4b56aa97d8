package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request for a job, its form checked (types, ranges, names of fields); whether model and files exist is the job service's to
 * say.
 *
 * @param suffix 1 to 64 characters
 * @param seed 0 to 2147483647
 * @param method with the hyperparameters asked for, wherever the request had them
 * @param metadata at most 16 pairs
 * @param luthier what only Luthier understands, read already and by its names on the wire; null where it was not given
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FineTuningJobRequest(
        @JsonProperty("model") String model,
        @JsonProperty("training_file") String trainingFile,
        @JsonProperty("validation_file") @Nullable String validationFile,
        @JsonProperty("suffix") @Nullable String suffix,
        @JsonProperty("seed") @Nullable Integer seed,
        @JsonProperty("method") FineTuningMethod method,
        @JsonProperty("metadata") @Nullable Map<String, String> metadata,
        @JsonProperty("luthier") @Nullable Map<String, Object> luthier) {

    public FineTuningJobRequest {
        metadata = metadata == null ? null : Map.copyOf(metadata);
        luthier = luthier == null ? null : Map.copyOf(luthier);
    }
}
