package ai.luthier.engine.model;

/**
 * A rotary position embedding.
 *
 * @param width how many leading components of a head are turned, even; the others stay as they are
 * @param theta base of the frequencies, {@code θ^(-2i/width)}
 * @param scaling how the frequencies are stretched for rows longer than those of the first training
 */
public record RopeSpec(int width, double theta, RopeScaling scaling) {

    public RopeSpec {
        if (width < 2 || width % 2 != 0) {
            throw new IllegalArgumentException("the number of turned components of a head must be even, not " + width);
        }
        if (!(theta > 0 && theta < 1e12)) {
            throw new IllegalArgumentException("the rope's theta, " + theta + ", is not in (0, 1e12)");
        }
        scaling.requireFits(width);
    }

    /** The unscaled embedding over all of a head. */
    public static RopeSpec plain(int width, double theta) {
        return new RopeSpec(width, theta, new RopeScaling.None());
    }

    /**
     * Radians by which pair {@code i} turns from one token to the next, {@code [width/2]}.
     *
     * @param length of the row as far as it is known: some scalings depend on it
     */
    double[] frequencies(int length) {
        return scaling.frequencies(this, length);
    }

    /** {@code θ^(-2i/width)}. */
    double[] unscaled() {
        return withBase(theta);
    }

    double[] withBase(double base) {
        double[] frequencies = new double[width / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(base, -2.0 * i / width);
        }
        return frequencies;
    }
}
