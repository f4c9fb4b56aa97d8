package ai.luthier.server.jobs;

import static ai.luthier.server.jobs.JobFixture.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Conflict;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobReportsTest {

    private JobFixture world;

    @BeforeEach
    void open(@TempDir Path folder) {
        world = new JobFixture(folder);
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void stepsDoneTwice_appearOnce_inEventsAndMetrics() throws Exception {
        world.create();
        JobQueue dying = world.queue("node-a", Duration.ofMillis(100));
        world.reports.validated(dying.claimValidation().orElseThrow().lease(), new Validated(10, 100));
        Work first = dying.claimRun().orElseThrow();
        world.reports.started(first.lease(), JobFixture.CHOSEN, 3);
        world.reports.steps(first.lease(), List.of(step(1), step(2)));
        Thread.sleep(200);

        // The worker died after step 2 and its last checkpoint was after step 0: everything is reported again.
        Work second = world.queue.claimRun().orElseThrow();
        world.reports.started(second.lease(), JobFixture.CHOSEN, 3);
        world.reports.steps(second.lease(), List.of(step(1)));
        world.reports.steps(second.lease(), List.of(step(2), step(3)));

        assertThat(world.texts(first.job().id()))
                .endsWith(
                        "Fine-tuning job started",
                        "Step 1/3: training loss=1.50",
                        "Step 2/3: training loss=0.75",
                        "The worker was interrupted; the job goes on after its last checkpoint (step 2 had been reported)",
                        "Step 3/3: training loss=0.50");
        assertThat(world.jobs.metrics(world.caller, first.job().id())).containsExactly(step(1), step(2), step(3));
        assertThat(ResultCsv.of(world.reports.metrics(second.lease())).lines()).hasSize(4);
    }

    @Test
    void metricsEventsCarryOpenAisFields() {
        Work work = world.running();
        world.reports.steps(work.lease(), List.of(new StepMetrics(3, 3, 0.5, 0.75, 0.25, 1.0, 0.125, 0.9)));
        EventRow event = world.events(work.job().id()).getLast();
        assertThat(event.type()).isEqualTo("metrics");
        assertThat(event.id()).matches("ftevent-[A-Za-z0-9]{24}");
        assertThat(String.valueOf(event.data()))
                .contains("step=3", "total_steps=3", "train_loss=0.5", "train_mean_token_accuracy=0.75")
                .contains("valid_loss=0.25", "valid_mean_token_accuracy=1.0")
                .contains("full_valid_loss=0.125", "full_valid_mean_token_accuracy=0.9");
        assertThat(event.message())
                .isEqualTo("Step 3/3: training loss=0.50, validation loss=0.25, full validation loss=0.12");
    }

    @Test
    void keepsTheLastThreeSnapshots_theFinalModelBeingOne() {
        Work work = world.running();
        List<String> folders = IntStream.rangeClosed(1, 3)
                .mapToObj(i -> world.models.newFolder())
                .toList();
        Published one = world.reports.snapshot(work.lease(), 1, folders.get(0));
        Published two = world.reports.snapshot(work.lease(), 2, folders.get(1));
        assertThat(one.model().substring(0, one.model().indexOf(":ckpt")))
                .as("every checkpoint has its own eight characters")
                .isNotEqualTo(two.model().substring(0, two.model().indexOf(":ckpt")));

        String again = world.models.newFolder();
        assertThat(world.reports.snapshot(work.lease(), 2, again))
                .isEqualTo(new Published(two.model(), List.of(again)));
        assertThat(world.reports.snapshot(work.lease(), 2, folders.get(1)).obsoleteFolders())
                .isEmpty();

        assertThat(one.obsoleteFolders()).isEmpty();
        Published last = world.reports.succeeded(
                work.lease(), new Success(folders.get(2), 300, world.results(work.lease()), BigDecimal.ZERO));
        assertThat(last.obsoleteFolders()).isEmpty();
        assertThat(world.models.list(world.caller)).hasSize(3);
    }

    @Test
    void aFourthSnapshotDropsTheFirst() {
        Work work = world.running();
        List<String> folders = IntStream.rangeClosed(1, 4)
                .mapToObj(i -> world.models.newFolder())
                .toList();
        List<Published> made = IntStream.range(0, 4)
                .mapToObj(i -> world.reports.snapshot(work.lease(), i + 1, folders.get(i)))
                .toList();
        assertThat(made.get(3).obsoleteFolders()).containsExactly(folders.get(0));
        assertThat(world.models.find(world.caller, made.get(0).model())).isEmpty();
        assertThat(world.jobs
                        .checkpoints(world.caller, work.job().id(), null, 10)
                        .items())
                .extracting(CheckpointRow::step)
                .containsExactly(4, 3, 2);
    }

    @Test
    void aBadFileFailsTheJob_withTheFirstHundredErrors() {
        JobRow job = world.create();
        Work work = world.queue.claimValidation().orElseThrow();
        List<String> errors =
                IntStream.rangeClosed(1, 150).mapToObj(i -> "Line " + i).toList();
        var failure = new JobFailure(
                "invalid_n_examples",
                "Training file has 7 example(s), but must have at least 10 examples",
                "training_file");
        JobRow failed = world.reports.failed(work.lease(), failure, errors, world.results(work.lease()));
        assertThat(failed.state()).isEqualTo(JobState.FAILED);
        assertThat(failed.error()).isEqualTo(failure);
        assertThat(failed.shownChoices()).isEqualTo(TrainingChoices.AUTO);
        assertThat(failed.resultFiles()).isEmpty();
        assertThat(failed.finishedAt()).isNotNull();
        assertThat(world.files
                        .get(world.caller, Objects.requireNonNull(failed.reportFile()))
                        .bytes())
                .isPositive();
        List<EventRow> events = world.events(job.id());
        assertThat(events)
                .filteredOn(event -> event.level() == EventRow.Level.ERROR)
                .hasSize(101);
        assertThat(events.getLast().message()).isEqualTo(failure.message());
    }

    @Test
    void aDeletedFileShowsWhenItIsRead(@TempDir Path run) {
        JobRow job = world.create();
        world.files.delete(world.caller, job.trainingFile());
        Work work = world.queue.claimValidation().orElseThrow();
        assertThatThrownBy(() -> world.files.place(work.owner(), job.trainingFile(), run.resolve("train.jsonl")))
                .hasMessage("No such File object: " + job.trainingFile());
    }

    @Test
    void onlyLegalTransitionsHappen() {
        world.create();
        Work work = world.queue.claimValidation().orElseThrow();
        assertThatThrownBy(() -> world.reports.started(work.lease(), JobFixture.CHOSEN, 3))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("validating_files and cannot become running");
        assertThat(JobState.values())
                .allSatisfy(state -> assertThat(state.next()).doesNotContain(state));
        assertThat(JobState.SUCCEEDED.terminal()).isTrue();
        assertThat(JobState.RUNNING.terminal()).isFalse();
    }

    @Test
    void aJobThatEndedCanBeReadButNotPaused() throws IOException {
        Work work = world.running();
        world.reports.steps(work.lease(), List.of(step(1)));
        world.reports.succeeded(
                work.lease(), new Success(world.models.newFolder(), 300, world.results(work.lease()), BigDecimal.TEN));
        JobRow job = world.job(work.job().id());
        assertThat(job.estimatedFinish()).isNull();
        assertThatThrownBy(() -> world.jobs.pause(world.caller, job.id())).isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> world.jobs.resume(world.caller, job.id())).isInstanceOf(Conflict.class);
        try (var csv = world.files.open(world.caller, job.resultFiles().getFirst())) {
            assertThat(new String(csv.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,1.5,0.25,,\n");
        }
    }

    @Test
    void csvHasFiveDecimals_withoutTrailingZeros() {
        assertThat(ResultCsv.of(List.of(
                        new StepMetrics(1, 2, 1.523468, 0, null, null, null, null),
                        new StepMetrics(2, 2, 100, 1, 0.3, 0.5, 0.25, 0.6666666))))
                .endsWith("\n1,1.52347,0.0,,\n2,100.0,1.0,0.25,0.66667\n");
    }
}
