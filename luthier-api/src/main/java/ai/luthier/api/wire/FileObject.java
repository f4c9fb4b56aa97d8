package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * An uploaded or a produced file.
 *
 * @param bytes size of the content
 * @param createdAt Unix seconds
 * @param expiresAt Unix seconds; null where the file stays until it is deleted
 * @param purpose {@code fine-tune}, {@code fine-tune-results} or another of OpenAI's purposes
 * @param status {@code uploaded}, {@code processed} or {@code error}; deprecated by OpenAI and still required
 * @param statusDetails why the status is {@code error}
 */
@JsonPropertyOrder({"object", "id"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FileObject(
        @JsonProperty("id") String id,
        @JsonProperty("bytes") long bytes,
        @JsonProperty("created_at") long createdAt,
        @JsonProperty("expires_at") @Nullable Long expiresAt,
        @JsonProperty("filename") String filename,
        @JsonProperty("purpose") String purpose,
        @JsonProperty("status") String status,
        @JsonProperty("status_details") @Nullable String statusDetails) {

    @JsonProperty(value = "object", access = JsonProperty.Access.READ_ONLY)
    public String object() {
        return "file";
    }
}
