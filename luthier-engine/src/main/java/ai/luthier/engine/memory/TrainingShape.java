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
 */
public record TrainingShape(int rank, int batch, int longest, TrainingPath path, boolean recompute, long fileTokens) {

    public TrainingShape {
        if (rank < 1 || batch < 1 || longest < 1 || path == TrainingPath.AUTO || fileTokens < 0) {
            throw new IllegalArgumentException("no run has rank " + rank + ", batch " + batch + ", rows of " + longest
                    + ", the path " + path + " and " + fileTokens + " tokens");
        }
    }

    /** The same with another batch. */
    public TrainingShape withBatch(int other) {
        return new TrainingShape(rank, other, longest, path, recompute, fileTokens);
    }

    /** The same with shorter or longer rows. */
    public TrainingShape withLongest(int other) {
        return new TrainingShape(rank, batch, other, path, recompute, fileTokens);
    }

    /** The same with another rank. */
    public TrainingShape withRank(int other) {
        return new TrainingShape(other, batch, longest, path, recompute, fileTokens);
    }

    /** The same, computing activations again. */
    public TrainingShape recomputing() {
        return new TrainingShape(rank, batch, longest, path, true, fileTokens);
    }

    /** {@code T}: the most tokens that one forward pass sees. A step is cut into passes of at most a budget, or of one row. */
    long passTokens() {
        return Math.min((long) batch * longest, Math.max(RunDefaults.PASS_TOKENS, longest));
    }

    /** Whether a pass keeps one layer's activations at a time: asked for, or a fast pass over a row far beyond the budget. */
    boolean layerByLayer() {
        return recompute || (path == TrainingPath.FAST && longest > RunDefaults.LONG_PASSES * RunDefaults.PASS_TOKENS);
    }
}
