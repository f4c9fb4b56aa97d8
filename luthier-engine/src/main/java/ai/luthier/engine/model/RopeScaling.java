package ai.luthier.engine.model;

import java.util.List;

/**
 * Ways to stretch rotary frequencies [1, 2, 3, 4] over rows that are longer than those of the first training, each as
 * {@code transformers} computes it.
 *
 * <p>[1] Chen et al., Extending Context Window of Large Language Models via Positional Interpolation, 2023 (linear).
 * [2] bloc97, NTK-Aware Scaled RoPE, 2023 (dynamic). [3] Peng et al., YaRN, 2023. [4] Ding et al., LongRoPE, 2024.
 */
public sealed interface RopeScaling {

    /** The frequencies for rows of this length, {@code [width/2]}. */
    double[] frequencies(RopeSpec rope, int length);

    /** What turned queries and keys are multiplied by. */
    default double magnitude() {
        return 1;
    }

    /** Whether the frequencies are different for rows of another length. */
    default boolean dependsOnLength() {
        return false;
    }

    /** {@link IllegalArgumentException} where it cannot scale an embedding of this width. */
    default void requireFits(int width) {}

    /** Nothing is stretched. */
    record None() implements RopeScaling {
        @Override
        public double[] frequencies(RopeSpec rope, int length) {
            return rope.unscaled();
        }
    }

    /** Every position counts for {@code 1/factor}. */
    record Linear(double factor) implements RopeScaling {

        public Linear {
            requireFactor(factor);
        }

        @Override
        public double[] frequencies(RopeSpec rope, int length) {
            double[] frequencies = rope.unscaled();
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= factor;
            }
            return frequencies;
        }
    }

    /**
     * A larger base for rows beyond the original context. Tokens already in a cache keep the turn they were given, as in
     * {@code transformers}.
     */
    record Dynamic(double factor, int original) implements RopeScaling {

        public Dynamic {
            requireFactor(factor);
        }

        @Override
        public double[] frequencies(RopeSpec rope, int length) {
            double longest = Math.max(length, original);
            double stretch = factor * longest / original - (factor - 1);
            double width = rope.width();
            return rope.withBase(rope.theta() * Math.pow(stretch, width / (width - 2)));
        }

        @Override
        public boolean dependsOnLength() {
            return true;
        }

        @Override
        public void requireFits(int width) {
            if (width < 4) {
                throw new IllegalArgumentException("dynamic scaling needs heads of at least 4 turned components");
            }
        }
    }

    /** Llama 3.1: low frequencies are divided by the factor, high ones kept, those between interpolated. */
    record Llama3(double factor, double lowFactor, double highFactor, int original) implements RopeScaling {

        public Llama3 {
            requireFactor(factor);
            if (!(lowFactor > 0 && highFactor > lowFactor)) {
                throw new IllegalArgumentException("llama3 scaling needs 0 < low_freq_factor < high_freq_factor, not "
                        + lowFactor + " and " + highFactor);
            }
        }

        @Override
        public double[] frequencies(RopeSpec rope, int length) {
            double[] frequencies = rope.unscaled();
            for (int i = 0; i < frequencies.length; i++) {
                double waves = original * frequencies[i] / (2 * Math.PI); // turns within the original context
                if (waves < lowFactor) {
                    frequencies[i] /= factor;
                } else if (waves <= highFactor) {
                    double smooth = (waves - lowFactor) / (highFactor - lowFactor);
                    frequencies[i] = (1 - smooth) * frequencies[i] / factor + smooth * frequencies[i];
                }
            }
            return frequencies;
        }
    }

    /**
     * YaRN: interpolated where a component turns less than {@code betaSlow} times within the original context, kept where
     * more than {@code betaFast} times, a ramp between.
     */
    record Yarn(double factor, int original, double betaFast, double betaSlow, boolean truncate, double magnitude)
            implements RopeScaling {

        public Yarn {
            requireFactor(factor);
        }

        /** The magnitude that goes with a factor where a configuration names none. */
        public static double magnitude(double factor, double scale) {
            return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
        }

        @Override
        public double[] frequencies(RopeSpec rope, int length) {
            double low = component(rope, betaFast);
            double high = component(rope, betaSlow);
            if (truncate) {
                low = Math.floor(low);
                high = Math.ceil(high);
            }
            low = Math.max(low, 0);
            high = Math.min(high, rope.width() - 1.0);
            double reach = low == high ? 0.001 : high - low;
            double[] frequencies = rope.unscaled();
            for (int i = 0; i < frequencies.length; i++) {
                double interpolated = Math.clamp((i - low) / reach, 0, 1);
                frequencies[i] *= interpolated / factor + 1 - interpolated;
            }
            return frequencies;
        }

        /** The (fractional) pair that turns so many times within the original context. */
        private double component(RopeSpec rope, double turns) {
            return rope.width() * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(rope.theta()));
        }
    }

    /** LongRoPE: a divisor for every pair, one list for rows within the original context and one for longer rows. */
    record LongRope(List<Double> shortFactors, List<Double> longFactors, int original, double magnitude)
            implements RopeScaling {

        public LongRope {
            shortFactors = List.copyOf(shortFactors);
            longFactors = List.copyOf(longFactors);
        }

        @Override
        public double[] frequencies(RopeSpec rope, int length) {
            List<Double> divisors = length > original ? longFactors : shortFactors;
            double[] frequencies = rope.unscaled();
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= divisors.get(i);
            }
            return frequencies;
        }

        @Override
        public boolean dependsOnLength() {
            return true;
        }

        @Override
        public void requireFits(int width) {
            if (shortFactors.size() != width / 2 || longFactors.size() != width / 2) {
                throw new IllegalArgumentException("longrope needs " + width / 2 + " short and long factors, not "
                        + shortFactors.size() + " and " + longFactors.size());
            }
        }
    }

    private static void requireFactor(double factor) {
        if (!(factor >= 1 && factor < 1e6)) {
            throw new IllegalArgumentException("the rope's scaling factor " + factor + " is not in [1, 1e6)");
        }
    }
}
