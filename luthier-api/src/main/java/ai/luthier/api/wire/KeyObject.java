package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * An API key, as its owner sees it under {@code /luthier/keys}.
 *
 * @param role {@code member} or {@code admin}
 * @param hint first and last characters, enough to recognise it
 * @param createdAt Unix seconds
 * @param value the secret, once: in the answer that says that it was made
 * @param warning what is wrong with a key that was taken over; null where nothing is
 */
@JsonPropertyOrder({"object", "id"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeyObject(
        @JsonProperty("id") String id,
        @JsonProperty("name") String name,
        @JsonProperty("role") String role,
        @JsonProperty("hint") String hint,
        @JsonProperty("created_at") long createdAt,
        @JsonProperty("value") @Nullable String value,
        @JsonProperty("warning") @Nullable String warning) {

    @JsonProperty(value = "object", access = JsonProperty.Access.READ_ONLY)
    public String object() {
        return "luthier.key";
    }
}
