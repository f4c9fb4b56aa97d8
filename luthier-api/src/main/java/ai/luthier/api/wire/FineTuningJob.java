package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fine-tuning job as every endpoint of the group answers it.
 *
 * @param createdAt Unix seconds
 * @param finishedAt Unix seconds; null until the job succeeded, failed or was cancelled
 * @param estimatedFinish Unix seconds; null unless the job runs
 * @param model the base snapshot, or the fine-tuned model that the job goes on from
 * @param fineTunedModel null until the job succeeded
 * @param status {@code validating_files}, {@code queued}, {@code running}, {@code succeeded}, {@code failed} or
 *     {@code cancelled}
 * @param resultFiles ids; empty until the job succeeded
 * @param trainedTokens tokens of the rows as trained, times epochs; null until the job succeeded
 * @param error null unless the job failed
 * @param seed what was asked for, else what the server made up
 * @param metadata at most 16 pairs, null where none were given
 * @param userProvidedSuffix outside the specification; OpenAI sends it
 */
@JsonPropertyOrder({"object", "id", "model", "status", "created_at", "finished_at", "fine_tuned_model"})
public record FineTuningJob(
        @JsonProperty("id") String id,
        @JsonProperty("created_at") long createdAt,
        @JsonProperty("finished_at") @Nullable Long finishedAt,
        @JsonProperty("estimated_finish") @Nullable Long estimatedFinish,
        @JsonProperty("model") String model,
        @JsonProperty("fine_tuned_model") @Nullable String fineTunedModel,
        @JsonProperty("organization_id") String organizationId,
        @JsonProperty("status") String status,
        @JsonProperty("training_file") String trainingFile,
        @JsonProperty("validation_file") @Nullable String validationFile,
        @JsonProperty("result_files") List<String> resultFiles,
        @JsonProperty("trained_tokens") @Nullable Long trainedTokens,
        @JsonProperty("error") @Nullable JobError error,
        @JsonProperty("hyperparameters") Hyperparameters hyperparameters,
        @JsonProperty("method") FineTuningMethod method,
        @JsonProperty("seed") int seed,
        @JsonProperty("metadata") @Nullable Map<String, String> metadata,
        @JsonProperty("user_provided_suffix") @Nullable String userProvidedSuffix,

        @JsonProperty("luthier") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        JobExtension luthier) {

    public FineTuningJob {
        resultFiles = List.copyOf(resultFiles);
        metadata = metadata == null ? null : Map.copyOf(metadata);
    }

    @JsonProperty(value = "object", access = JsonProperty.Access.READ_ONLY)
    public String object() {
        return "fine_tuning.job";
    }

    /** Always empty: integrations are refused by name when a job is created. */
    @JsonProperty(value = "integrations", access = JsonProperty.Access.READ_ONLY)
    public List<Object> integrations() {
        return List.of();
    }
}
