package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * A model that answers to its id.
 *
 * @param created Unix seconds
 * @param ownedBy {@code luthier} or the organisation that tuned it
 * @param shutdownDate {@code yyyy-mm-dd}; null where none is announced
 */
@JsonPropertyOrder({"object", "id"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Model(
        @JsonProperty("id") String id,
        @JsonProperty("created") long created,
        @JsonProperty("owned_by") String ownedBy,
        @JsonProperty("shutdown_date") @Nullable String shutdownDate) {

    @JsonProperty(value = "object", access = JsonProperty.Access.READ_ONLY)
    public String object() {
        return "model";
    }
}
