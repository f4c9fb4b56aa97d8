package ai.luthier.engine.train.memory;

/**
 * What of a run decides how much memory it takes, apart from its base.
 *
 * @param way how it trains
 * @param batch examples of a step
 * @param longest tokens of the longest row
 * @param rowsOfExample that are computed together: 1, or 2 where an example is a pair of answers
 * @param fileTokens of all examples, which the run holds in memory
 */
public record TrainingShape(TrainingWay way, int batch, int longest, int rowsOfExample, long fileTokens) {

    public TrainingShape {
        if (batch < 1 || longest < 1 || fileTokens < 0) {
            throw new IllegalArgumentException(
                    "no run has batch " + batch + ", rows of " + longest + " and " + fileTokens + " tokens");
        }
        if (rowsOfExample != 1 && rowsOfExample != 2) {
            throw new IllegalArgumentException("an example is a row or a pair, not " + rowsOfExample + " rows");
        }
    }

    /** Of a supervised run. */
    public static TrainingShape supervised(TrainingWay way, int batch, int longest, long fileTokens) {
        return new TrainingShape(way, batch, longest, 1, fileTokens);
    }

    /** The same trained in another way. */
    public TrainingShape by(TrainingWay other) {
        return new TrainingShape(other, batch, longest, rowsOfExample, fileTokens);
    }

    /** The same with another batch. */
    public TrainingShape withBatch(int other) {
        return new TrainingShape(way, other, longest, rowsOfExample, fileTokens);
    }

    /** The same with shorter or longer rows. */
    public TrainingShape withLongest(int other) {
        return new TrainingShape(way, batch, other, rowsOfExample, fileTokens);
    }

    /** The same on pairs of rows. */
    public TrainingShape onPairs() {
        return new TrainingShape(way, batch, longest, 2, fileTokens);
    }

    /** Tokens of an example at most. */
    long exampleTokens() {
        return (long) rowsOfExample * longest;
    }
}
