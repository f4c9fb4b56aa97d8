package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of a job's history.
 *
 * @param createdAt Unix seconds
 * @param level {@code info}, {@code warn} or {@code error}
 * @param type {@code message} or {@code metrics}
 * @param data empty for messages; for metrics step, total_steps, train_loss, train_mean_token_accuracy, and the valid_ and
 *     full_valid_ values where they were computed
 */
@JsonPropertyOrder({"object", "id"})
public record JobEvent(
        @JsonProperty("id") String id,
        @JsonProperty("created_at") long createdAt,
        @JsonProperty("level") String level,
        @JsonProperty("message") String message,
        @JsonProperty("type") String type,
        @JsonProperty("data") Map<String, Object> data) {

    public JobEvent {
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
    }

    @JsonProperty(value = "object", access = JsonProperty.Access.READ_ONLY)
    public String object() {
        return "fine_tuning.job.event";
    }
}
