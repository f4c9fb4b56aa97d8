package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.Trainee;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.train.memory.MemoryBudget;
import ai.luthier.engine.train.options.TrainingMethod;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which code computes a run's gradients, and why. A run stays on the path that it began with, whatever is asked for when it
 * is resumed: the two differ in their last bits.
 *
 * @param path {@code FAST} or {@code REFERENCE}
 * @param reason as the end of a sentence
 */
record PathChoice(TrainingPath path, String reason) {

    /**
     * @param asked by the spec
     * @param method of training
     * @param begun the path of the run's first checkpoint, where there is one
     */
    static PathChoice of(TrainingPath asked, Optional<TrainingPath> begun, TrainingMethod method, Decoder decoder) {
        if (begun.isPresent()) {
            return new PathChoice(begun.get(), "the run began with it.");
        }
        Optional<String> obstacle = TrainingPath.obstacle(method, decoder.spec(), decoder.dtype());
        return switch (asked) {
            case REFERENCE -> new PathChoice(TrainingPath.REFERENCE, "it was asked for.");
            case AUTO ->
                obstacle.map(text -> new PathChoice(TrainingPath.REFERENCE, "the fast one does not know " + text + "."))
                        .orElseGet(() -> new PathChoice(TrainingPath.FAST, "it covers this base and method."));
            case FAST -> {
                if (obstacle.isPresent()) {
                    throw new UserError(
                            ErrorCode.UNSUPPORTED_VALUE,
                            "path",
                            "The fast path does not know " + obstacle.get()
                                    + ". Ask for 'auto' or 'reference' instead.");
                }
                yield new PathChoice(TrainingPath.FAST, "it was asked for.");
            }
        };
    }

    /** How many passes the run computes side by side. */
    int lanes(Decoder decoder) {
        return path == TrainingPath.FAST ? FastStep.lanes(decoder, FastOptions.DEFAULTS) : 1;
    }

    /** With as much memory as it takes. */
    GradientStep step(
            Decoder decoder, Trainee trainee, int maxTokens, boolean recompute, @Nullable ActivationCache cache) {
        return step(decoder, trainee, maxTokens, recompute, MemoryBudget.NONE, cache);
    }

    /** @param cache of what lies below the trained layers; null to compute it every time */
    GradientStep step(
            Decoder decoder,
            Trainee trainee,
            int maxTokens,
            boolean recompute,
            MemoryBudget budget,
            @Nullable ActivationCache cache) {
        return switch (path) {
            case FAST ->
                new FastStep(
                        decoder, trainee, maxTokens, recompute, FastOptions.DEFAULTS, lanes(decoder), budget, cache);
            case AUTO, REFERENCE -> new SupervisedStep(decoder, trainee, maxTokens, recompute, cache);
        };
    }
}
