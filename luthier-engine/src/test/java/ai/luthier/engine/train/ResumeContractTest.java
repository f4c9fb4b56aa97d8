package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import ai.luthier.engine.train.options.TrainingMethod;
import ai.luthier.engine.train.options.Tuning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Contract 5: a run that was interrupted after any step ends with the very bytes of one that was not. */
@Tag("contract")
class ResumeContractTest {

    /** 13 rows in batches of 3 are 5 steps an epoch, the last of a single row; 4 epochs are 20 steps. */
    private static final RunData DATA = TinyRun.data(13);

    @TempDir
    Path root;

    private Path base;
    private Tuning tuning = Tuning.LORA;

    @BeforeEach
    void writeBase() throws IOException {
        base = TinyRun.base(root);
    }

    /**
     * After 11 steps, at an epoch's last step, right behind it, at the first step, and with bf16; on both paths, and with passes side
     * by side on two threads.
     */
    @ParameterizedTest
    @CsvSource({
        "LORA, 11, FP32, REFERENCE, 1",
        "LORA, 10, FP32, REFERENCE, 1",
        "LORA, 1, FP32, REFERENCE, 1",
        "LORA, 19, FP32, REFERENCE, 1",
        "LORA, 11, BF16, REFERENCE, 1",
        "LORA, 11, FP32, FAST, 1",
        "LORA, 1, FP32, FAST, 1",
        "LORA, 11, BF16, FAST, 1",
        "LORA, 11, BF16, FAST, 2",
        "PLUS, 11, BF16, FAST, 1",
        "LAST_LAYERS, 11, BF16, FAST, 1",
        "LAST_LAYERS, 11, BF16, FAST, 2",
        "LAST_LAYERS, 11, FP32, FAST, 1",
        "LAST_LAYERS, 11, BF16, REFERENCE, 1",
        "LAST_LAYERS, 1, FP32, REFERENCE, 1",
        "FULL, 11, BF16, REFERENCE, 1",
        "FULL, 11, FP32, REFERENCE, 1"
    })
    void stopped_andResumed_equalsUndisturbed_bitForBit(
            String method, int stopAfter, RunSpec.Precision precision, TrainingPath path, int threads)
            throws IOException {
        tuning = switch (method) {
            case "LORA" -> Tuning.LORA;
            case "PLUS" -> new Tuning(TrainingMethod.RSLORA, List.of("q_proj", "down_proj"), 8, 0, 0);
            case "LAST_LAYERS" -> Tuning.lastLayers(1);
            default -> Tuning.full();
        };
        String weights = tuning.method().lowRank() ? "adapter_model.safetensors" : "changed_weights.safetensors";
        List<RunEvent.StepDone> straight = new ArrayList<>();
        Path undisturbed = Files.createDirectory(root.resolve("undisturbed"));
        assertThat(run(undisturbed, precision, path, threads, straight, 99)).isEqualTo(RunOutcome.FINISHED);
        List<RunEvent.StepDone> pieces = new ArrayList<>();
        Path disturbed = Files.createDirectory(root.resolve("disturbed"));
        assertThat(run(disturbed, precision, path, threads, pieces, stopAfter)).isEqualTo(RunOutcome.INTERRUPTED);
        assertThat(pieces).hasSize(stopAfter);
        assertThat(disturbed.resolve("adapter")).doesNotExist();
        assertThat(run(disturbed, precision, path, threads, pieces, 99)).isEqualTo(RunOutcome.FINISHED);
        assertThat(numbers(pieces)).isEqualTo(numbers(straight)).hasSize(20);
        assertThat(TinyRun.contents(disturbed)).isEqualTo(TinyRun.contents(undisturbed));
        assertThat(TinyRun.contents(undisturbed).keySet())
                .contains("adapter/" + weights, "snapshots/step-10/" + weights)
                .noneMatch(name -> name.startsWith("snapshots/step-5/") || name.startsWith("checkpoint/"));
    }

    /** As after kill -9: whatever came after the last checkpoint is done again, at most checkpointSteps of it. */
    @ParameterizedTest
    @EnumSource(names = {"REFERENCE", "FAST"})
    void killedBetweenCheckpoints_repeatsOnlyTheStepsSince(TrainingPath path) throws IOException {
        Path undisturbed = Files.createDirectory(root.resolve("undisturbed"));
        run(undisturbed, RunSpec.Precision.FP32, path, new ArrayList<>(), 99);
        Path killed = Files.createDirectory(root.resolve("killed"));
        List<RunEvent.StepDone> steps = new ArrayList<>();
        RunObserver diesAtThirteen = event -> {
            if (event instanceof RunEvent.StepDone step) {
                steps.add(step);
                if (step.step() == 13) {
                    throw new IllegalStateException("killed");
                }
            }
        };
        RunSpec spec = TinyRun.spec(base, 4, 3, RunSpec.Precision.FP32, path);
        TrainingRun dying = new TrainingRun(spec, killed, () -> DATA, diesAtThirteen, WriteGate.OPEN, () -> false);
        assertThatThrownBy(dying::run).hasMessage("killed");
        Files.writeString(killed.resolve("checkpoint/.step-00000099.safetensors.tmp"), "half a checkpoint");
        steps.clear();
        run(killed, RunSpec.Precision.FP32, path, steps, 99);
        assertThat(steps.getFirst().step()).isEqualTo(11);
        assertThat(TinyRun.contents(killed)).isEqualTo(TinyRun.contents(undisturbed));
    }

    @Test
    void aWorkerWithoutItsLease_writesNothingMore() throws IOException {
        Path folder = Files.createDirectory(root.resolve("fenced"));
        WriteGate closed = () -> {
            throw new Conflict(ErrorCode.BUSY, null, "lease is gone");
        };
        RunSpec spec = TinyRun.spec(base, 4, 3, RunSpec.Precision.FP32);
        assertThatThrownBy(() -> new TrainingRun(spec, folder, () -> DATA, _ -> {}, closed, () -> false).run())
                .isInstanceOf(Conflict.class);
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    /** A run stays on the path of its first checkpoint, whatever the spec says later. */
    @Test
    void aResumedRun_keepsItsPath() throws IOException {
        Path undisturbed = Files.createDirectory(root.resolve("undisturbed"));
        run(undisturbed, RunSpec.Precision.FP32, TrainingPath.REFERENCE, new ArrayList<>(), 99);
        Path changed = Files.createDirectory(root.resolve("changed"));
        run(changed, RunSpec.Precision.FP32, TrainingPath.REFERENCE, new ArrayList<>(), 7);
        List<RunEvent> events = new ArrayList<>();
        RunSpec spec = TinyRun.spec(base, 4, 3, RunSpec.Precision.FP32, TrainingPath.AUTO);
        new TrainingRun(spec, changed, () -> DATA, events::add, WriteGate.OPEN, () -> false).run();
        assertThat(events).contains(new RunEvent.PathChosen(TrainingPath.REFERENCE, "the run began with it."));
        assertThat(TinyRun.contents(changed)).isEqualTo(TinyRun.contents(undisturbed));
    }

    private RunOutcome run(
            Path folder, RunSpec.Precision precision, TrainingPath path, List<RunEvent.StepDone> steps, int stopAfter) {
        return run(folder, precision, path, 1, steps, stopAfter);
    }

    private RunOutcome run(
            Path folder,
            RunSpec.Precision precision,
            TrainingPath path,
            int threads,
            List<RunEvent.StepDone> steps,
            int stopAfter) {
        AtomicInteger done = new AtomicInteger();
        RunObserver observer = event -> {
            if (event instanceof RunEvent.StepDone step) {
                steps.add(step);
                done.incrementAndGet();
            }
        };
        RunSpec spec = TinyRun.spec(base, 4, 3, precision, path, threads).withTuning(tuning);
        return new TrainingRun(spec, folder, () -> DATA, observer, WriteGate.OPEN, () -> done.get() >= stopAfter).run();
    }

    /** Everything a step tells except how fast it was. */
    private static List<RunEvent.StepDone> numbers(List<RunEvent.StepDone> steps) {
        return steps.stream()
                .map(s -> new RunEvent.StepDone(
                        s.step(),
                        s.totalSteps(),
                        s.trainLoss(),
                        s.trainAccuracy(),
                        s.validLoss(),
                        s.validAccuracy(),
                        s.fullValidLoss(),
                        s.fullValidAccuracy(),
                        s.gradientNorm(),
                        s.learningRate(),
                        s.tokens(),
                        s.supervised(),
                        0,
                        s.more()))
                .toList();
    }
}
