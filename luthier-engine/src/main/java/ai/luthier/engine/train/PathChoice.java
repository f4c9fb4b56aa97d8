package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.fast.Coverage;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.model.Decoder;
import java.util.Optional;

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
     * @param begun the path of the run's first checkpoint, where there is one
     */
    static PathChoice of(TrainingPath asked, Optional<TrainingPath> begun, Decoder decoder) {
        if (begun.isPresent()) {
            return new PathChoice(begun.get(), "the run began with it.");
        }
        Optional<String> obstacle = Coverage.obstacle(decoder.spec(), decoder.dtype());
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

    GradientStep step(Decoder decoder, LoraAdapter adapter, int maxTokens, boolean recompute) {
        return switch (path) {
            case FAST -> new FastStep(decoder, adapter, maxTokens, recompute, FastOptions.DEFAULTS);
            case AUTO, REFERENCE -> new SupervisedStep(decoder, adapter, maxTokens, recompute);
        };
    }
}
