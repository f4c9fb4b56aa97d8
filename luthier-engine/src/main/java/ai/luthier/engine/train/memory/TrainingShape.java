package ai.luthier.engine.train.memory;

/**
 * What of a run decides how much memory it takes, apart from its base.
 *
 * @param way how it trains
 * @param batch examples of a step
 * @param longest tokens of the longest row
 * @param rowsOfExample that are computed together: 1, or 2 where an example is a pair of answers
 * @param fileTokens of all examples, which the run holds in memory
 * @param examples of the file; 0 where it is not known, and every row is taken for the longest
 */
public record TrainingShape(
        TrainingWay way, int batch, int longest, int rowsOfExample, long fileTokens, long examples) {

    /** How far above the mean the fullest step of a run lies, in standard deviations. */
    private static final double FULLEST = 2;

    public TrainingShape {
        if (batch < 1 || longest < 1 || fileTokens < 0 || examples < 0) {
            throw new IllegalArgumentException("no run has batch " + batch + ", rows of " + longest + " and "
                    + fileTokens + " tokens of " + examples + " examples");
        }
        if (rowsOfExample != 1 && rowsOfExample != 2) {
            throw new IllegalArgumentException("an example is a row or a pair, not " + rowsOfExample + " rows");
        }
    }

    /** Of a supervised run over rows that are all taken for the longest. */
    public static TrainingShape supervised(TrainingWay way, int batch, int longest, long fileTokens) {
        return new TrainingShape(way, batch, longest, 1, fileTokens, 0);
    }

    /** The same over so many examples, whose mean length is known by that. */
    public TrainingShape ofExamples(long count) {
        return new TrainingShape(way, batch, longest, rowsOfExample, fileTokens, count);
    }

    /** The same trained in another way. */
    public TrainingShape by(TrainingWay other) {
        return new TrainingShape(other, batch, longest, rowsOfExample, fileTokens, examples);
    }

    /** The same with another batch. */
    public TrainingShape withBatch(int other) {
        return new TrainingShape(way, other, longest, rowsOfExample, fileTokens, examples);
    }

    /** The same with shorter or longer rows. */
    public TrainingShape withLongest(int other) {
        return new TrainingShape(way, batch, other, rowsOfExample, fileTokens, examples);
    }

    /** The same on pairs of rows. */
    public TrainingShape onPairs() {
        return new TrainingShape(way, batch, longest, 2, fileTokens, examples);
    }

    /** Tokens of an example at most. */
    long exampleTokens() {
        return (long) rowsOfExample * longest;
    }

    /**
     * Tokens of the fullest step: of examples whose lengths are spread evenly around their mean, up to the longest, which has a standard
     * deviation of {@code (longest - mean) / √3}.
     */
    long stepTokens() {
        long most = batch * exampleTokens();
        if (examples == 0) {
            return most;
        }
        double mean = (double) fileTokens / examples;
        double deviation = Math.max(0, exampleTokens() - mean) / Math.sqrt(3);
        return Math.min(most, Math.round(batch * mean + FULLEST * Math.sqrt(batch) * deviation));
    }
}
