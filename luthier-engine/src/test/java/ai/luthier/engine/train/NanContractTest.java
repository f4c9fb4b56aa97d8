package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract 8: a NaN fails the run with its cause and keeps the last good checkpoint; a bad start is only a warning. */
@Tag("contract")
class NanContractTest {

    @TempDir
    Path root;

    @Test
    void divergence_failsWithItsCause_andKeepsTheCheckpointBeforeIt() throws IOException {
        RunSpec gentle = TinyRun.spec(TinyRun.base(root), 4, 3, RunSpec.Precision.FP32);
        List<RunEvent> events = new ArrayList<>();
        // Once step 6 is done the weights on disk are swapped for NaN, as a dying memory cell would: nothing is written
        // after.
        Path poisoned = poisonedBase();
        TrainingRun first = new TrainingRun(
                gentle, root, () -> TinyRun.data(13), events::add, WriteGate.OPEN, () -> stepsIn(events) >= 6);
        assertThat(first.run()).isEqualTo(RunOutcome.INTERRUPTED);
        byte[] checkpoint = Files.readAllBytes(root.resolve("checkpoint/step-00000006.safetensors"));
        RunSpec wild = TinyRun.spec(poisoned, 4, 3, RunSpec.Precision.FP32);
        TrainingRun second =
                new TrainingRun(wild, root, () -> TinyRun.data(13), events::add, WriteGate.OPEN, () -> false);
        assertThatThrownBy(second::run)
                .isInstanceOfSatisfying(
                        LuthierException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TRAINING_DIVERGED))
                .hasMessageContaining("The loss of step 7 of 20 is NaN")
                .hasMessageContaining("Lower the learning rate");
        assertThat(Files.readAllBytes(root.resolve("checkpoint/step-00000006.safetensors")))
                .isEqualTo(checkpoint);
        assertThat(root.resolve("adapter")).doesNotExist();
    }

    @Test
    void aLearningRateThatNoFloatHolds_failsWithThatCause() throws IOException {
        RunSpec wild = RunSpec.of(TinyRun.base(root), root.resolve("unused.jsonl"), 1, 3, 1e300)
                .withPrecision(RunSpec.Precision.FP32);
        TrainingRun run = new TrainingRun(wild, root, () -> TinyRun.data(13), event -> {}, WriteGate.OPEN, () -> false);
        assertThatThrownBy(run::run)
                .isInstanceOfSatisfying(
                        LuthierException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TRAINING_DIVERGED))
                .hasMessageContaining("The learning rate of step 2 of 5 is 1.0E300")
                .hasMessageContaining("Lower the learning rate multiplier");
    }

    @Test
    void aFirstLossAboveIgnorance_isAWarning_andTheRunGoesOn() throws IOException {
        Path loud = Files.createDirectory(root.resolve("loud"));
        try (DecoderWeights weights = DecoderWeights.random(TinyRun.MODEL, Dtype.FP32, 2.0, 1)) {
            ModelDirectory.write(loud, weights, Map.of());
        }
        List<RunEvent> events = new ArrayList<>();
        RunSpec spec = TinyRun.spec(loud, 1, 3, RunSpec.Precision.FP32);
        TrainingRun run = new TrainingRun(spec, root, () -> TinyRun.data(13), events::add, WriteGate.OPEN, () -> false);
        assertThat(run.run()).isEqualTo(RunOutcome.FINISHED);
        assertThat(events)
                .filteredOn(RunEvent.Warning.class::isInstance)
                .singleElement()
                .satisfies(event -> assertThat(event.toString())
                        .contains("above ln|V| = 4.09")
                        .contains("Likely causes"));
    }

    @Test
    void nothingToLearn_failsBeforeTheFirstStep() throws IOException {
        RunSpec spec = TinyRun.spec(TinyRun.base(root), 1, 3, RunSpec.Precision.FP32);
        RunData nothing = new RunData(List.of(), List.of(), List.of());
        assertThatThrownBy(() -> new TrainingRun(spec, root, () -> nothing, _ -> {}, WriteGate.OPEN, () -> false).run())
                .isInstanceOfSatisfying(
                        LuthierException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TRAINING_FILE))
                .hasMessageContaining("No example has a token to learn");
    }

    private Path poisonedBase() throws IOException {
        Path folder = Files.createDirectory(root.resolve("poisoned"));
        try (DecoderWeights weights = DecoderWeights.random(TinyRun.MODEL, Dtype.FP32, 0.2, 1);
                DecoderWeights poisoned = weights.map(tensor -> tensor.mul(new Scalar(Double.NaN)))) {
            ModelDirectory.write(folder, poisoned, Map.of());
        }
        return folder;
    }

    private static long stepsIn(List<RunEvent> events) {
        return events.stream().filter(RunEvent.StepDone.class::isInstance).count();
    }
}
