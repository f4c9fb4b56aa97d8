package ai.luthier.server.training;

import ai.luthier.engine.train.options.Tuning;
import ai.luthier.server.models.Bases;
import ai.luthier.text.data.JobMethod;

/** The peak learning rate of LoRA at multiplier 1, per base: a measured one where there is a sweep, else a safe one. */
public final class LearningRates {

    /** From the sweep in {@code docs/benchmarks/learning-rate.md}. */
    private static final double EMBEDDED = 5e-3;

    /** What LoRA is usually trained with on models of any size; no sweep was made for the base. */
    private static final double USUAL = 2e-4;

    /** Preference training undoes what a model knows at rates that supervised training needs; from the sweep in the same file. */
    private static final double OF_PREFERENCES = 0.1;

    private static final double PLUS = 2;
    private static final double LAST_LAYERS = 0.2;
    private static final double FULL = 0.1;

    private LearningRates() {}

    /** How much of a base's rate this method takes. */
    public static double factor(JobMethod method) {
        return switch (method) {
            case SUPERVISED -> 1;
            case DPO -> OF_PREFERENCES;
        };
    }

    /**
     * How much of it what is trained takes. Whole weights move together where factors move alone, so their rate is smaller; with
     * LoRA+ it is B that learns at LoRA's rate times {@value #PLUS}, and A at its ratio's part of that.
     */
    public static double factor(Tuning tuning) {
        return switch (tuning.method()) {
            case LORA, RSLORA -> tuning.loraPlusRatio() == 1 ? 1 : PLUS / tuning.loraPlusRatio();
            case LAST_LAYERS -> LAST_LAYERS;
            case FULL -> FULL;
        };
    }

    /** The rate for a base with these weights. */
    public static double of(String modelId) {
        return modelId.equals(Bases.EMBEDDED) ? EMBEDDED : USUAL;
    }
}
