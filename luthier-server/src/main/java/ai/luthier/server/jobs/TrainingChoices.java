package ai.luthier.server.jobs;

import ai.luthier.text.data.JobMethod;
import org.jspecify.annotations.Nullable;

/**
 * The method of a job and its hyperparameters.
 *
 * @param method what it learns from
 * @param epochs 1 to 50; null means {@code "auto"}
 * @param batchSize examples in a step, 1 to 256; null means {@code "auto"}
 * @param multiplier on the base learning rate, above 0; null means {@code "auto"}
 * @param beta of preference training, above 0; null means {@code "auto"}, and for other methods that there is none
 */
public record TrainingChoices(
        JobMethod method,
        @Nullable Integer epochs,
        @Nullable Integer batchSize,
        @Nullable Double multiplier,
        @Nullable Double beta) {

    public static final TrainingChoices AUTO = new TrainingChoices(null, null, null);

    /** Those of supervised fine-tuning. */
    public TrainingChoices(@Nullable Integer epochs, @Nullable Integer batchSize, @Nullable Double multiplier) {
        this(JobMethod.SUPERVISED, epochs, batchSize, multiplier, null);
    }

    /** Whether every value is a number. */
    public boolean complete() {
        return epochs != null && batchSize != null && multiplier != null && (beta != null || method != JobMethod.DPO);
    }
}
