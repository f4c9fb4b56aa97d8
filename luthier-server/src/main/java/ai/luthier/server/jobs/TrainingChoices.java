package ai.luthier.server.jobs;

import org.jspecify.annotations.Nullable;

/**
 * The hyperparameters of a job.
 *
 * @param epochs 1 to 50; null means {@code "auto"}
 * @param batchSize examples in a step, 1 to 256; null means {@code "auto"}
 * @param multiplier on the base learning rate, above 0; null means {@code "auto"}
 */
public record TrainingChoices(
        @Nullable Integer epochs,
        @Nullable Integer batchSize,
        @Nullable Double multiplier) {

    public static final TrainingChoices AUTO = new TrainingChoices(null, null, null);

    /** Whether every value is a number. */
    public boolean complete() {
        return epochs != null && batchSize != null && multiplier != null;
    }
}
