package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A function that the model asks the client to call.
 *
 * @param index position among the calls of a streamed message; null outside of streams
 * @param id {@code call_…}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ToolCall(
        @JsonProperty("index") @Nullable Integer index,
        @JsonProperty("id") String id,
        @JsonProperty("function") Function function) {

    @JsonProperty(value = "type", access = JsonProperty.Access.READ_ONLY)
    public String type() {
        return "function";
    }

    /**
     * Name and arguments.
     *
     * @param arguments a JSON object as text, as the model wrote it
     */
    public record Function(
            @JsonProperty("name") String name,
            @JsonProperty("arguments") String arguments) {}
}
