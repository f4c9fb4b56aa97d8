package ai.luthier.server.training;

import ai.luthier.server.models.Bases;
import ai.luthier.text.data.JobMethod;

/** The peak learning rate of LoRA at multiplier 1, per base: a measured one where there is a sweep, else a safe one. */
public final class LearningRates {

    /** From the sweep in {@code docs/benchmarks/learning-rate.md}. */
    private static final double EMBEDDED = 5e-3;

    /** What LoRA is usually trained with on models of any size; no sweep was made for the base. */
    private static final double USUAL = 2e-4;

    /** Preference training undoes what a model knows at rates that supervised training needs. */
    private static final double OF_PREFERENCES = 0.1;

    private LearningRates() {}

    /** How much of a base's rate this method takes. */
    public static double factor(JobMethod method) {
        return switch (method) {
            case SUPERVISED -> 1;
            case DPO -> OF_PREFERENCES;
        };
    }

    /** The rate for a base with these weights. */
    public static double of(String modelId) {
        return modelId.equals(Bases.EMBEDDED) ? EMBEDDED : USUAL;
    }
}
