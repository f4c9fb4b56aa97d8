package ai.luthier.text.plan;

/**
 * What "auto" becomes for a file of {@code n} rows. The third of the hyperparameters, the learning-rate multiplier, does
 * not depend on the rows: it is a property of the base in the catalogue.
 */
public final class Auto {

    private static final int TARGET_EPOCHS = 3;
    private static final int MIN_TARGET_EXAMPLES = 100;
    private static final int MAX_TARGET_EXAMPLES = 25_000;
    private static final int MAX_AUTO_EPOCHS = 25;
    private static final int MAX_AUTO_BATCH = 256;

    private Auto() {}

    /**
     * The epochs of OpenAI's published rule: 3, but so many that at least 100 examples are shown (at most 25 epochs),
     * and so few that at most 25,000 are (at least 1). 10 rows give 10 epochs, 101 rows give 3.
     *
     * @param rows at least 1
     */
    public static int epochs(int rows) {
        requirePositive(rows);
        long shown = (long) rows * TARGET_EPOCHS;
        if (shown < MIN_TARGET_EXAMPLES) {
            return Math.min(MAX_AUTO_EPOCHS, MIN_TARGET_EXAMPLES / rows);
        }
        if (shown > MAX_TARGET_EXAMPLES) {
            return Math.max(1, MAX_TARGET_EXAMPLES / rows);
        }
        return TARGET_EPOCHS;
    }

    /**
     * 0.2 % of the rows, rounded half up, at least 1 and at most 256.
     *
     * @param rows at least 1
     */
    public static int batchSize(int rows) {
        requirePositive(rows);
        long rounded = (rows * 2L + 500) / 1000;
        return Math.clamp(rounded, 1, MAX_AUTO_BATCH);
    }

    private static void requirePositive(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("rows is " + rows + "; a plan needs at least one");
        }
    }
}
