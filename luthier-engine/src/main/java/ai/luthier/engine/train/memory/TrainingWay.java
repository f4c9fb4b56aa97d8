package ai.luthier.engine.train.memory;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.options.TrainingOptions;
import ai.luthier.engine.train.options.Tuning;

/**
 * How a run trains, as far as memory is concerned.
 *
 * @param tuning which numbers change
 * @param rank of low-rank factors
 * @param dtype of weights and activations
 * @param path as it is asked for
 * @param recompute whether activations are computed again instead of kept
 * @param threads of the run
 * @param budget bytes that its process is told to keep to; 0 for none
 */
public record TrainingWay(
        Tuning tuning, int rank, Dtype dtype, TrainingPath path, boolean recompute, int threads, long budget) {

    public TrainingWay {
        if (rank < 1 || threads < 1 || budget < 0) {
            throw new IllegalArgumentException(
                    "no run has rank " + rank + ", " + threads + " threads and a budget of " + budget + " bytes");
        }
    }

    /** As these options say. */
    public static TrainingWay of(TrainingOptions options, int threads, long budget) {
        return new TrainingWay(
                options.tuning(),
                options.rank(),
                dtype(options.precision()),
                options.path(),
                options.recompute(),
                threads,
                budget);
    }

    /** The type that a run in this precision computes in. */
    public static Dtype dtype(RunSpec.Precision precision) {
        return switch (precision) {
            case FP32 -> Dtype.FP32;
            case BF16 -> Dtype.BF16;
        };
    }

    /** The same with other numbers trained. */
    public TrainingWay training(Tuning other, int otherRank) {
        return new TrainingWay(other, otherRank, dtype, path, recompute, threads, budget);
    }

    /** The same on another path. */
    public TrainingWay on(TrainingPath other) {
        return new TrainingWay(tuning, rank, dtype, other, recompute, threads, budget);
    }

    /** The same, computing activations again. */
    public TrainingWay recomputing() {
        return new TrainingWay(tuning, rank, dtype, path, true, threads, budget);
    }

    /** The same on so many threads. */
    public TrainingWay onThreads(int count) {
        return new TrainingWay(tuning, rank, dtype, path, recompute, count, budget);
    }

    /** The same in a process that keeps to so many bytes. */
    public TrainingWay within(long bytes) {
        return new TrainingWay(tuning, rank, dtype, path, recompute, threads, bytes);
    }

    /** A run of a base that goes this way. */
    RunMemory run(DecoderSpec spec, Dtype stored, long fileTokens) {
        TrainingPath taken = path.on(tuning.method(), spec, dtype);
        return new RunMemory(spec, dtype, stored, Trained.of(spec, tuning, rank), taken, lanes(taken), fileTokens);
    }

    /** As {@code FastStep} has them on a processor. */
    private int lanes(TrainingPath taken) {
        return taken == TrainingPath.FAST && dtype == Dtype.BF16 ? threads : 1;
    }
}
