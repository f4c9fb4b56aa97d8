package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What Luthier says about a job beyond OpenAI's fields, under the key {@code luthier}.
 *
 * @param paused whether the job was paused; its {@code status} is then {@code queued}, because the SDKs reject {@code paused}
 * @param overlong what happens to rows over the limit: {@code refuse} (the job fails) or {@code truncate}
 * @param queuePosition jobs ahead of this one plus one, while it is queued
 * @param step optimiser steps done, while it runs and after
 * @param totalSteps optimiser steps of the whole job
 * @param priceUsd price at the catalogue's rates, a plain decimal such as {@code "2.40"}; null until it is known
 * @param reportFile file id of the report that lists every error of the training file
 * @param options what the request chose besides, as it chose it; on the wire they stand beside the others
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobExtension(
        @JsonProperty("paused") boolean paused,
        @JsonProperty("overlong") @Nullable String overlong,
        @JsonProperty("queue_position") @Nullable Integer queuePosition,
        @JsonProperty("step") @Nullable Integer step,
        @JsonProperty("total_steps") @Nullable Integer totalSteps,
        @JsonProperty("price_usd") @Nullable String priceUsd,
        @JsonProperty("report_file") @Nullable String reportFile,
        @JsonAnyGetter @JsonAnySetter Map<String, Object> options) {

    public static final JobExtension NONE = new JobExtension(false, null, null, null, null, null, null, Map.of());

    public JobExtension {
        options = Collections.unmodifiableMap(new TreeMap<>(options == null ? Map.of() : options));
    }
}
