package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;

/**
 * What a job of any method is tuned with; never null on the wire, each value {@code "auto"} or a number.
 *
 * @param nEpochs 1 to 50
 * @param batchSize examples in a step, 1 to 256
 * @param learningRateMultiplier above 0, on the base rate that was measured for the base model
 */
public record Hyperparameters(
        @JsonProperty("n_epochs") AutoOrNumber nEpochs,
        @JsonProperty("batch_size") AutoOrNumber batchSize,
        @JsonProperty("learning_rate_multiplier") AutoOrNumber learningRateMultiplier) {

    public static final Hyperparameters AUTO =
            new Hyperparameters(AutoOrNumber.AUTO, AutoOrNumber.AUTO, AutoOrNumber.AUTO);

    /** An absent value is {@code "auto"}. */
    public Hyperparameters {
        nEpochs = Objects.requireNonNullElse(nEpochs, AutoOrNumber.AUTO);
        batchSize = Objects.requireNonNullElse(batchSize, AutoOrNumber.AUTO);
        learningRateMultiplier = Objects.requireNonNullElse(learningRateMultiplier, AutoOrNumber.AUTO);
    }
}
