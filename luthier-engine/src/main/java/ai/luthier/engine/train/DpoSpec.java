package ai.luthier.engine.train;

import java.util.Locale;

/**
 * How preferences become a loss. With {@code δ = log π(c)/π₀(c) - log π(r)/π₀(r)}, preferred answer {@code c}, other answer
 * {@code r}, reference {@code π₀} and label smoothing {@code ε}:
 *
 * <pre>
 *   SIGMOID  -(1-ε)·log σ(βδ) - ε·log σ(-βδ)                     [1]; ε &gt; 0 is the conservative form [2]
 *   ROBUST   (-(1-ε)·log σ(βδ) + ε·log σ(-βδ)) / (1-2ε)          [3]
 *   HINGE    max(0, 1 - βδ)                                      [4]
 *   IPO      (δ' - 1/2β)², δ' from means over an answer's tokens [5]
 * </pre>
 *
 * <p>The names and the forms are those of TRL. [1] Rafailov et al., Direct Preference Optimization, 2023. [2] Mitchell, A note
 * on DPO with noisy preferences, 2023. [3] Chowdhury et al., Provably robust DPO, 2024. [4] Zhao et al., SLiC-HF, 2023. [5]
 * Azar et al., A general theoretical paradigm to understand learning from human preferences, 2023; the mean over tokens is what
 * its authors used.
 *
 * @param loss which of them
 * @param beta how much a departure from the reference counts, above 0
 * @param labelSmoothing share of pairs thought to be the wrong way round, [0, 0.5); 0 except for {@code SIGMOID} and {@code
 *     ROBUST}
 */
public record DpoSpec(Loss loss, double beta, double labelSmoothing) {

    /** TRL's; what OpenAI's "auto" stands for is not published. */
    public static final double DEFAULT_BETA = 0.1;

    public static final DpoSpec DEFAULTS = new DpoSpec(Loss.SIGMOID, DEFAULT_BETA, 0);

    public enum Loss {
        SIGMOID,
        ROBUST,
        HINGE,
        IPO;

        /** {@code sigmoid} and so on: the spelling of requests and flags. */
        public String option() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it knows of pairs that are the wrong way round. */
        public boolean smooths() {
            return this == SIGMOID || this == ROBUST;
        }
    }

    /** A loss and its derivative by {@code δ}. */
    record Point(double value, double slope) {}

    public DpoSpec {
        if (!(beta > 0 && Double.isFinite(beta))) {
            throw new IllegalArgumentException("beta is " + beta + "; it must be above 0");
        }
        if (!(labelSmoothing >= 0 && labelSmoothing < 0.5) || (labelSmoothing > 0 && !loss.smooths())) {
            throw new IllegalArgumentException("a label smoothing of " + labelSmoothing + " does not go with " + loss);
        }
    }

    /** Whether {@code δ} is a difference of means over tokens. */
    boolean perToken() {
        return loss == Loss.IPO;
    }

    /** The loss of one pair. */
    Point at(double delta) {
        double e = labelSmoothing;
        double x = beta * delta;
        return switch (loss) {
            case SIGMOID ->
                new Point(
                        -(1 - e) * logSigmoid(x) - e * logSigmoid(-x), beta * (e * sigmoid(x) - (1 - e) * sigmoid(-x)));
            case ROBUST ->
                new Point(
                        (-(1 - e) * logSigmoid(x) + e * logSigmoid(-x)) / (1 - 2 * e),
                        -beta * (e * sigmoid(x) + (1 - e) * sigmoid(-x)) / (1 - 2 * e));
            case HINGE -> new Point(Math.max(0, 1 - x), x < 1 ? -beta : 0);
            case IPO -> {
                double miss = delta - 1 / (2 * beta);
                yield new Point(miss * miss, 2 * miss);
            }
        };
    }

    private static double sigmoid(double x) {
        return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    }

    private static double logSigmoid(double x) {
        return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
    }
}
