package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.adapter.PeftDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunTest {

    @TempDir
    Path root;

    @Test
    void tells_everyStep_itsValidation_andTheSnapshots() throws IOException {
        List<RunEvent> events = new ArrayList<>();
        run("run", RunSpec.Precision.FP32, events);
        List<RunEvent.StepDone> steps = events.stream()
                .filter(RunEvent.StepDone.class::isInstance)
                .map(RunEvent.StepDone.class::cast)
                .toList();
        assertThat(steps).extracting(RunEvent.StepDone::step).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(steps)
                .allSatisfy(step -> assertThat(step.fullValidLoss() != null)
                        .as("whole validation at step %d", step.step())
                        .isEqualTo(step.step() % 3 == 0));
        assertThat(steps).filteredOn(step -> step.validLoss() != null).hasSize(1);
        assertThat(steps.getLast().trainLoss()).isLessThan(steps.getFirst().trainLoss());
        assertThat(events)
                .filteredOn(RunEvent.Snapshot.class::isInstance)
                .containsExactly(
                        new RunEvent.Snapshot(3, 1, "snapshots/step-3"),
                        new RunEvent.Snapshot(6, 2, "snapshots/step-6"),
                        new RunEvent.Snapshot(9, 3, "snapshots/step-9"),
                        new RunEvent.Snapshot(12, 4, "snapshots/step-12"));
        try (var folders = Files.list(root.resolve("run/snapshots"))) {
            assertThat(folders.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("step-6", "step-9", "step-12");
        }
        long tokens = TinyRun.data(9).trainingTokens() * 4;
        assertThat(events.getLast()).isEqualTo(new RunEvent.Finished(12, tokens, "adapter"));
    }

    /** The same files again give the same bytes; a finished folder is not trained again. */
    @Test
    void equalRuns_giveEqualBytes() throws IOException {
        run("a", RunSpec.Precision.BF16, new ArrayList<>());
        run("b", RunSpec.Precision.BF16, new ArrayList<>());
        assertThat(root.resolve("a/adapter/adapter_model.safetensors"))
                .hasSameBinaryContentAs(root.resolve("b/adapter/adapter_model.safetensors"));
        List<RunEvent> again = new ArrayList<>();
        run("a", RunSpec.Precision.BF16, again);
        assertThat(again).singleElement().isInstanceOf(RunEvent.Finished.class);
    }

    /** A tuned model is the base of the next run: its factors go on, with their own rank, whatever the spec asks for. */
    @Test
    void anAdapter_isTrainedFurther() throws IOException {
        List<RunEvent> first = new ArrayList<>();
        run("first", RunSpec.Precision.FP32, first);
        List<RunEvent> second = new ArrayList<>();
        Path folder = Files.createDirectories(root.resolve("second"));
        RunSpec spec = TinyRun.spec(root.resolve("base"), 1, 9, RunSpec.Precision.FP32);
        RunSpec further = new RunSpec(
                spec.base(),
                "ft:tiny",
                spec.template(),
                Optional.of(root.resolve("first/adapter")),
                spec.trainingFile(),
                spec.validationFile(),
                64,
                1,
                1,
                9,
                1e-3,
                0,
                1,
                0,
                7,
                RunSpec.Precision.FP32,
                64,
                Overlong.REFUSE,
                50,
                60,
                1,
                false,
                TrainingPath.AUTO,
                Instant.EPOCH);
        new TrainingRun(further, folder, () -> TinyRun.data(9), second::add, WriteGate.OPEN, () -> false).run();
        double fresh = firstLoss(first);
        assertThat(firstLoss(second)).isLessThan(fresh - 0.1);
        assertThat(PeftDirectory.spec(folder.resolve("adapter")).rank()).isEqualTo(4);
    }

    private static double firstLoss(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.StepDone.class::isInstance)
                .map(RunEvent.StepDone.class::cast)
                .findFirst()
                .orElseThrow()
                .trainLoss();
    }

    @Test
    void aRun_leavesNoTensorBehind() throws IOException {
        run("warm", RunSpec.Precision.BF16, new ArrayList<>());
        long before = Pointer.totalCount();
        run("measured", RunSpec.Precision.BF16, new ArrayList<>());
        assertThat(Pointer.totalCount()).isEqualTo(before);
    }

    private void run(String name, RunSpec.Precision precision, List<RunEvent> events) throws IOException {
        Path base = Files.exists(root.resolve("base")) ? root.resolve("base") : TinyRun.base(root);
        Path folder = Files.createDirectories(root.resolve(name));
        TrainingRun run = new TrainingRun(
                TinyRun.spec(base, 4, 3, precision),
                folder,
                () -> TinyRun.data(9),
                events::add,
                WriteGate.OPEN,
                () -> false);
        assertThat(run.run()).isEqualTo(RunOutcome.FINISHED);
    }
}
