package ai.luthier.engine.train.options;

import ai.luthier.engine.train.DpoSpec;

/**
 * The object {@code dpo} in the object {@code luthier}: what OpenAI's hyperparameters of preference training cannot say.
 *
 * @param loss which one
 * @param labelSmoothing share of pairs thought to be the wrong way round
 */
public record PreferenceOptions(DpoSpec.Loss loss, double labelSmoothing) {

    public static final PreferenceOptions DEFAULTS = new PreferenceOptions(DpoSpec.Loss.SIGMOID, 0);

    private static final double MOST_SMOOTHING = 0.49;

    static PreferenceOptions read(OptionsReader options) {
        DpoSpec.Loss loss = options.word("loss", DpoSpec.Loss.class, DEFAULTS.loss());
        double smoothing = options.number("label_smoothing", 0, MOST_SMOOTHING, DEFAULTS.labelSmoothing());
        if (smoothing > 0 && !loss.smooths()) {
            options.meaningless("label_smoothing", "the loss '" + loss.option() + "'");
            smoothing = 0;
        }
        return new PreferenceOptions(loss, smoothing);
    }

    /** The loss with this beta. */
    public DpoSpec withBeta(double beta) {
        return new DpoSpec(loss, beta, labelSmoothing);
    }
}
