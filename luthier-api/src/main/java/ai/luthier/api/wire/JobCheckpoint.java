package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a job that can be used as a model.
 *
 * @param id {@code ftckpt_…}
 * @param createdAt Unix seconds
 * @param model the name {@code ft:…:ckpt-step-N}
 * @param stepNumber optimiser steps done when it was taken
 */
@JsonPropertyOrder({"object", "id"})
public record JobCheckpoint(
        @JsonProperty("id") String id,
        @JsonProperty("created_at") long createdAt,
        @JsonProperty("fine_tuned_model_checkpoint") String model,
        @JsonProperty("fine_tuning_job_id") String jobId,
        @JsonProperty("step_number") int stepNumber,
        @JsonProperty("metrics") Metrics metrics) {

    @JsonProperty(value = "object", access = JsonProperty.Access.READ_ONLY)
    public String object() {
        return "fine_tuning.job.checkpoint";
    }

    /**
     * Losses in nats per supervised token, accuracies 0 to 1, at the snapshot's step; null where nothing was computed.
     *
     * @param more what the method measured besides, such as {@code rewards/margins}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Metrics(
            @JsonProperty("step") int step,
            @JsonProperty("train_loss") @Nullable Double trainLoss,

            @JsonProperty("train_mean_token_accuracy") @Nullable
            Double trainAccuracy,

            @JsonProperty("valid_loss") @Nullable Double validLoss,

            @JsonProperty("valid_mean_token_accuracy") @Nullable
            Double validAccuracy,

            @JsonProperty("full_valid_loss") @Nullable Double fullValidLoss,

            @JsonProperty("full_valid_mean_token_accuracy") @Nullable
            Double fullValidAccuracy,

            @JsonAnyGetter Map<String, Double> more) {

        public Metrics {
            more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
        }
    }
}
