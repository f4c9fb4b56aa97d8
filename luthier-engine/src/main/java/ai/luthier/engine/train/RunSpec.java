package ai.luthier.engine.train;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.train.options.Tuning;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything that decides what a run computes, with no "auto" left; written once as {@code run.json}. Two runs with equal
 * specs on one machine give the same bytes.
 *
 * @param base              directory of the base model, in Hugging Face layout
 * @param baseId            the name that the adapter records for its base
 * @param template          file with a chat template that replaces the base's own
 * @param continueFrom      PEFT directory of an adapter to train further
 * @param trainingFile      JSONL
 * @param validationFile    JSONL
 * @param rank              of the LoRA matrices, 1 or more
 * @param alpha             LoRA's scale times the rank
 * @param epochs            1 or more
 * @param batchSize         examples per step
 * @param learningRate      at its peak
 * @param warmupRatio       share of the steps over which the rate rises, [0, 1)
 * @param maxGradientNorm   gradients are scaled down to this norm
 * @param weightDecay       of AdamW
 * @param seed              of the data order and of the matrices' start
 * @param precision         of the frozen weights and the activations
 * @param contextLimit      tokens a row may have
 * @param overlong          what happens to longer rows
 * @param checkpointSteps   at most this many steps between two recovery checkpoints
 * @param checkpointSeconds at most this long between two of them
 * @param threads           that libtorch computes with; 0 takes what the machine has
 * @param recompute         whether activations are computed again instead of kept
 * @param path              which code computes the gradients; absent in files of older versions, which means {@code AUTO}
 * @param dpo               how preference pairs are trained on; empty for supervised fine-tuning
 * @param now               what templates see as now, in UTC: the same in every process that works on the run
 * @param tuning            which numbers change; absent in files of older versions, which means LoRA of every projection
 */
public record RunSpec(
        Path base,
        String baseId,
        Optional<Path> template,
        Optional<Path> continueFrom,
        Path trainingFile,
        Optional<Path> validationFile,
        int rank,
        double alpha,
        int epochs,
        int batchSize,
        double learningRate,
        double warmupRatio,
        double maxGradientNorm,
        double weightDecay,
        long seed,
        Precision precision,
        int contextLimit,
        Overlong overlong,
        int checkpointSteps,
        int checkpointSeconds,
        int threads,
        boolean recompute,
        TrainingPath path,
        Optional<DpoSpec> dpo,
        Instant now,
        Tuning tuning) {

    /** Of the frozen weights and the activations; adapters and optimiser state are always fp32. */
    public enum Precision {
        FP32,
        BF16
    }

    public RunSpec {
        path = Objects.requireNonNullElse(path, TrainingPath.AUTO);
        dpo = Objects.requireNonNullElse(dpo, Optional.empty());
        tuning = Objects.requireNonNullElse(tuning, Tuning.LORA);
        require(rank >= 1, "rank", rank);
        require(alpha > 0, "alpha", alpha);
        require(epochs >= 1, "epochs", epochs);
        require(batchSize >= 1, "batchSize", batchSize);
        require(learningRate > 0 && Double.isFinite(learningRate), "learningRate", learningRate);
        require(warmupRatio >= 0 && warmupRatio < 1, "warmupRatio", warmupRatio);
        require(maxGradientNorm > 0, "maxGradientNorm", maxGradientNorm);
        require(weightDecay >= 0, "weightDecay", weightDecay);
        require(contextLimit >= 2, "contextLimit", contextLimit);
        require(checkpointSteps >= 1, "checkpointSteps", checkpointSteps);
        require(checkpointSeconds >= 1, "checkpointSeconds", checkpointSeconds);
        require(threads >= 0, "threads", threads);
    }

    /** Supervised fine-tuning by LoRA of every projection. */
    public RunSpec(
            Path base,
            String baseId,
            Optional<Path> template,
            Optional<Path> continueFrom,
            Path trainingFile,
            Optional<Path> validationFile,
            int rank,
            double alpha,
            int epochs,
            int batchSize,
            double learningRate,
            double warmupRatio,
            double maxGradientNorm,
            double weightDecay,
            long seed,
            Precision precision,
            int contextLimit,
            Overlong overlong,
            int checkpointSteps,
            int checkpointSeconds,
            int threads,
            boolean recompute,
            TrainingPath path,
            Instant now) {
        this(
                base,
                baseId,
                template,
                continueFrom,
                trainingFile,
                validationFile,
                rank,
                alpha,
                epochs,
                batchSize,
                learningRate,
                warmupRatio,
                maxGradientNorm,
                weightDecay,
                seed,
                precision,
                contextLimit,
                overlong,
                checkpointSteps,
                checkpointSeconds,
                threads,
                recompute,
                path,
                Optional.empty(),
                now,
                Tuning.LORA);
    }

    /**
     * A run with the usual settings ({@link RunDefaults}): bf16, the base's own template and context, seed 0, every thread of
     * the machine. Reads the base's configuration.
     */
    public static RunSpec of(Path base, Path trainingFile, int epochs, int batchSize, double learningRate) {
        return new RunSpec(
                base,
                base.toAbsolutePath().normalize().getFileName().toString(),
                Optional.empty(),
                Optional.empty(),
                trainingFile,
                Optional.empty(),
                RunDefaults.RANK,
                RunDefaults.ALPHA,
                epochs,
                batchSize,
                learningRate,
                RunDefaults.WARMUP,
                RunDefaults.MAX_GRADIENT_NORM,
                0,
                0,
                Precision.BF16,
                ModelDirectory.open(base).spec().context(),
                Overlong.REFUSE,
                RunDefaults.CHECKPOINT_STEPS,
                RunDefaults.CHECKPOINT_SECONDS,
                0,
                false,
                TrainingPath.AUTO,
                Instant.now());
    }

    /** The same run in another precision. */
    public RunSpec withPrecision(Precision other) {
        return with(other, dpo, tuning);
    }

    /** The same run with other numbers trained. */
    public RunSpec withTuning(Tuning other) {
        return with(precision, dpo, other);
    }

    /** The same run, trained on preference pairs. */
    public RunSpec withDpo(DpoSpec objective) {
        return with(precision, Optional.of(objective), tuning);
    }

    private RunSpec with(Precision otherPrecision, Optional<DpoSpec> otherDpo, Tuning otherTuning) {
        return new RunSpec(
                base,
                baseId,
                template,
                continueFrom,
                trainingFile,
                validationFile,
                rank,
                alpha,
                epochs,
                batchSize,
                learningRate,
                warmupRatio,
                maxGradientNorm,
                weightDecay,
                seed,
                otherPrecision,
                contextLimit,
                overlong,
                checkpointSteps,
                checkpointSeconds,
                threads,
                recompute,
                path,
                otherDpo,
                now,
                otherTuning);
    }

    /** Stands still at {@link #now}. */
    public Clock clock() {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private static void require(boolean holds, String name, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("a run cannot have " + name + " = " + value);
        }
    }
}
