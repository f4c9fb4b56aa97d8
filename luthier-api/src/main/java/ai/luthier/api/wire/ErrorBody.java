package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** The body of every answer that is not a success, and of an error in the middle of a stream. */
public record ErrorBody(@JsonProperty("error") Detail error) {

    public static ErrorBody of(String message, String type, @Nullable String param, @Nullable String code) {
        return new ErrorBody(new Detail(message, type, param, code));
    }

    /** All four keys are always written. */
    public record Detail(
            @JsonProperty("message") String message,
            @JsonProperty("type") String type,
            @JsonProperty("param") @Nullable String param,
            @JsonProperty("code") @Nullable String code) {}
}
