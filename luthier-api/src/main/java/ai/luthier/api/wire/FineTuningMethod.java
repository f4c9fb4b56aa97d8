package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * How a job trains, with the settings of that way. Only {@code supervised} is built; blocks of other methods that a client sends
 * beside it are not echoed.
 *
 * @param type {@code supervised}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FineTuningMethod(
        @JsonProperty("type") String type,
        @JsonProperty("supervised") @Nullable Supervised supervised) {

    public static FineTuningMethod supervised(Hyperparameters hyperparameters) {
        return new FineTuningMethod("supervised", new Supervised(hyperparameters));
    }

    /** The settings of supervised fine-tuning. */
    public record Supervised(
            @JsonProperty("hyperparameters") Hyperparameters hyperparameters) {}
}
