package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract 5: a run that was interrupted after any step ends with the very bytes of one that was not. */
@Tag("contract")
class ResumeContractTest {

    /** 13 rows in batches of 3 are 5 steps an epoch, the last of a single row; 4 epochs are 20 steps. */
    private static final RunData DATA = TinyRun.data(13);

    @TempDir
    Path root;

    private Path base;

    @BeforeEach
    void writeBase() throws IOException {
        base = TinyRun.base(root);
    }

    /** After 11 steps, at an epoch's last step, right behind it, at the first step, and with bf16. */
    @ParameterizedTest
    @CsvSource({"11, FP32", "10, FP32", "1, FP32", "19, FP32", "11, BF16"})
    void stopped_andResumed_equalsUndisturbed_bitForBit(int stopAfter, RunSpec.Precision precision) throws IOException {
        List<RunEvent.StepDone> straight = new ArrayList<>();
        Path undisturbed = Files.createDirectory(root.resolve("undisturbed"));
        assertThat(run(undisturbed, precision, straight, 99)).isEqualTo(RunOutcome.FINISHED);
        List<RunEvent.StepDone> pieces = new ArrayList<>();
        Path disturbed = Files.createDirectory(root.resolve("disturbed"));
        assertThat(run(disturbed, precision, pieces, stopAfter)).isEqualTo(RunOutcome.INTERRUPTED);
        assertThat(pieces).hasSize(stopAfter);
        assertThat(disturbed.resolve("adapter")).doesNotExist();
        assertThat(run(disturbed, precision, pieces, 99)).isEqualTo(RunOutcome.FINISHED);
        assertThat(numbers(pieces)).isEqualTo(numbers(straight)).hasSize(20);
        assertThat(contents(disturbed)).isEqualTo(contents(undisturbed));
        assertThat(contents(undisturbed).keySet())
                .contains("adapter/adapter_model.safetensors", "snapshots/step-10/adapter_model.safetensors")
                .noneMatch(name -> name.startsWith("snapshots/step-5/") || name.startsWith("checkpoint/"));
    }

    /** As after kill -9: whatever came after the last checkpoint is done again, at most checkpointSteps of it. */
    @Test
    void killedBetweenCheckpoints_repeatsOnlyTheStepsSince() throws IOException {
        Path undisturbed = Files.createDirectory(root.resolve("undisturbed"));
        run(undisturbed, RunSpec.Precision.FP32, new ArrayList<>(), 99);
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
        RunSpec spec = TinyRun.spec(base, 4, 3, RunSpec.Precision.FP32);
        SftRun dying = new SftRun(spec, killed, () -> DATA, diesAtThirteen, WriteGate.OPEN, () -> false);
        assertThatThrownBy(dying::run).hasMessage("killed");
        Files.writeString(killed.resolve("checkpoint/.step-00000099.safetensors.tmp"), "half a checkpoint");
        steps.clear();
        run(killed, RunSpec.Precision.FP32, steps, 99);
        assertThat(steps.getFirst().step()).isEqualTo(11);
        assertThat(contents(killed)).isEqualTo(contents(undisturbed));
    }

    @Test
    void aWorkerWithoutItsLease_writesNothingMore() throws IOException {
        Path folder = Files.createDirectory(root.resolve("fenced"));
        WriteGate closed = () -> {
            throw new Conflict(ErrorCode.BUSY, null, "lease is gone");
        };
        RunSpec spec = TinyRun.spec(base, 4, 3, RunSpec.Precision.FP32);
        assertThatThrownBy(() -> new SftRun(spec, folder, () -> DATA, _ -> {}, closed, () -> false).run())
                .isInstanceOf(Conflict.class);
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    private RunOutcome run(Path folder, RunSpec.Precision precision, List<RunEvent.StepDone> steps, int stopAfter) {
        AtomicInteger done = new AtomicInteger();
        RunObserver observer = event -> {
            if (event instanceof RunEvent.StepDone step) {
                steps.add(step);
                done.incrementAndGet();
            }
        };
        RunSpec spec = TinyRun.spec(base, 4, 3, precision);
        return new SftRun(spec, folder, () -> DATA, observer, WriteGate.OPEN, () -> done.get() >= stopAfter).run();
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
                        0))
                .toList();
    }

    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString(), Arrays.toString(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
