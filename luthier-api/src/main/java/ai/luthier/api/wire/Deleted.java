package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The answer to a DELETE.
 *
 * @param object {@code file} or {@code model}
 */
public record Deleted(
        @JsonProperty("id") String id,
        @JsonProperty("object") String object,
        @JsonProperty("deleted") boolean deleted) {

    public static Deleted file(String id) {
        return new Deleted(id, "file", true);
    }

    public static Deleted model(String id) {
        return new Deleted(id, "model", true);
    }
}
