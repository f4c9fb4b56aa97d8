package ai.luthier.engine.memory;

import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.TrainingPath;

/**
 * What of a run decides how much memory it takes, apart from its base.
 *
 * @param rank of the LoRA matrices of every projection
 * @param batch examples of a step
 * @param longest tokens of the longest row
 * @param path {@code FAST} or {@code REFERENCE}
 * @param recompute whether activations are computed again instead of kept
 * @param fileTokens of all examples, which the run holds in memory
 * @param rowsOfExample that are computed together: 1, or 2 where an example is a pair of answers
 * @param threads among which the fast path divides the examples of a step
 */
public record TrainingShape(
        int rank,
        int batch,
        int longest,
        TrainingPath path,
        boolean recompute,
        long fileTokens,
        int rowsOfExample,
        int threads) {

    public TrainingShape {
        if (rank < 1 || batch < 1 || longest < 1 || path == TrainingPath.AUTO || fileTokens < 0 || threads < 1) {
            throw new IllegalArgumentException("no run has rank " + rank + ", batch " + batch + ", rows of " + longest
                    + ", the path " + path + ", " + fileTokens + " tokens and " + threads + " threads");
        }
        if (rowsOfExample != 1 && rowsOfExample != 2) {
            throw new IllegalArgumentException("an example is a row or a pair, not " + rowsOfExample + " rows");
        }
    }

    /** Of a supervised run on one thread. */
    public static TrainingShape supervised(
            int rank, int batch, int longest, TrainingPath path, boolean recompute, long fileTokens) {
        return new TrainingShape(rank, batch, longest, path, recompute, fileTokens, 1, 1);
    }

    /** The same with another batch. */
    public TrainingShape withBatch(int other) {
        return new TrainingShape(rank, other, longest, path, recompute, fileTokens, rowsOfExample, threads);
    }

    /** The same with shorter or longer rows. */
    public TrainingShape withLongest(int other) {
        return new TrainingShape(rank, batch, other, path, recompute, fileTokens, rowsOfExample, threads);
    }

    /** The same on pairs of rows. */
    public TrainingShape onPairs() {
        return new TrainingShape(rank, batch, longest, path, recompute, fileTokens, 2, threads);
    }

    /** The same on so many threads. */
    public TrainingShape onThreads(int count) {
        return new TrainingShape(rank, batch, longest, path, recompute, fileTokens, rowsOfExample, count);
    }

    /** The same, computing activations again. */
    public TrainingShape recomputing() {
        return new TrainingShape(rank, batch, longest, path, true, fileTokens, rowsOfExample, threads);
    }

    /**
     * {@code T}: the most tokens that the passes of one moment see. A step is cut into passes of at most a budget, which threads
     * share, or of one example.
     */
    long passTokens() {
        long example = (long) rowsOfExample * longest;
        return Math.min(batch * example, lanes() * Math.max(RunDefaults.PASS_TOKENS / lanes(), example));
    }

    /** Passes that run side by side; a step of fewer examples than threads is one thing after the other. */
    int lanes() {
        return path == TrainingPath.FAST && batch >= threads ? threads : 1;
    }

    /** Whether a pass keeps one layer's activations at a time: asked for, or a fast pass over a row far beyond the budget. */
    boolean layerByLayer() {
        long example = (long) rowsOfExample * longest;
        return recompute || (path == TrainingPath.FAST && example > RunDefaults.LONG_PASSES * RunDefaults.PASS_TOKENS);
    }
}
