package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * How a job trains, with the settings of that way; blocks of other methods that a client sends beside it are not echoed.
 *
 * @param type {@code supervised} or {@code dpo}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FineTuningMethod(
        @JsonProperty("type") String type,
        @JsonProperty("supervised") @Nullable Supervised supervised,
        @JsonProperty("dpo") @Nullable Dpo dpo) {

    public static FineTuningMethod supervised(Hyperparameters hyperparameters) {
        return new FineTuningMethod("supervised", new Supervised(hyperparameters), null);
    }

    /** Direct preference optimisation. */
    public static FineTuningMethod dpo(Hyperparameters hyperparameters, AutoOrNumber beta) {
        return new FineTuningMethod(
                "dpo",
                null,
                new Dpo(new DpoHyperparameters(
                        beta,
                        hyperparameters.nEpochs(),
                        hyperparameters.batchSize(),
                        hyperparameters.learningRateMultiplier())));
    }

    /** What every method has. */
    public Hyperparameters hyperparameters() {
        if (dpo != null) {
            DpoHyperparameters own = dpo.hyperparameters();
            return new Hyperparameters(own.nEpochs(), own.batchSize(), own.learningRateMultiplier());
        }
        return supervised == null ? Hyperparameters.AUTO : supervised.hyperparameters();
    }

    /** Of preference training; {@code "auto"} elsewhere. */
    public AutoOrNumber beta() {
        return dpo == null ? AutoOrNumber.AUTO : dpo.hyperparameters().beta();
    }

    /** The settings of supervised fine-tuning. */
    public record Supervised(
            @JsonProperty("hyperparameters") Hyperparameters hyperparameters) {}

    /** The settings of direct preference optimisation. */
    public record Dpo(@JsonProperty("hyperparameters") DpoHyperparameters hyperparameters) {}

    /**
     * What a preference job is tuned with.
     *
     * @param beta above 0, at most 2: how much a departure from the base counts
     */
    public record DpoHyperparameters(
            @JsonProperty("beta") AutoOrNumber beta,
            @JsonProperty("n_epochs") AutoOrNumber nEpochs,
            @JsonProperty("batch_size") AutoOrNumber batchSize,
            @JsonProperty("learning_rate_multiplier") AutoOrNumber learningRateMultiplier) {}
}
