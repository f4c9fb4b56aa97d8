package ai.luthier.server.jobs;

import static ai.luthier.server.jobs.JobFixture.step;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobLifeTest {

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
    void goesFromUploadToModel_withOpenAisEventsInOrder() {
        JobRow created = world.create();
        assertThat(created.state()).isEqualTo(JobState.VALIDATING_FILES);
        assertThat(created.shownChoices()).isEqualTo(TrainingChoices.AUTO);

        Work validation = world.queue.claimValidation().orElseThrow();
        JobRow queued = world.reports.validated(validation.lease(), new Validated(10, 100));
        assertThat(queued.state()).isEqualTo(JobState.QUEUED);
        assertThat(world.jobs.queuePosition(queued)).hasValue(1);

        Work run = world.queue.claimRun().orElseThrow();
        JobRow running = world.reports.started(run.lease(), JobFixture.CHOSEN, 3);
        assertThat(running.state()).isEqualTo(JobState.RUNNING);
        assertThat(running.shownChoices()).isEqualTo(JobFixture.CHOSEN);

        world.reports.steps(run.lease(), List.of(step(1)));
        Published snapshot = world.reports.snapshot(run.lease(), 1, world.models.newFolder());
        world.reports.steps(run.lease(), List.of(new StepMetrics(2, 3, 0.75, 0.5, 0.314, 0.9, null, null)));
        assertThat(world.job(created.id()).estimatedFinish()).isNotNull();
        world.reports.steps(run.lease(), List.of(new StepMetrics(3, 3, 0.5, 0.75, null, null, 0.333, 0.8)));
        String folder = world.models.newFolder();
        Published done = world.reports.succeeded(
                run.lease(), new Success(folder, 300, world.results(run.lease()), new BigDecimal("0.0009")));

        JobRow job = world.job(created.id());
        assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(job.trainedTokens()).isEqualTo(300);
        assertThat(job.fineTunedModel())
                .isEqualTo(done.model())
                .matches("ft:gpt-4o-mini-2024-07-18:personal:pirate:[A-Za-z0-9]{8}");
        assertThat(snapshot.model()).matches("ft:gpt-4o-mini-2024-07-18:personal:pirate:[A-Za-z0-9]{8}:ckpt-step-1");
        assertThat(world.models.get(world.caller, done.model()).folder()).isEqualTo(folder);
        assertThat(world.files.get(world.caller, job.resultFiles().getFirst()).purpose())
                .isEqualTo("fine-tune-results");
        assertThat(world.texts(job.id()))
                .containsExactly(
                        "Created fine-tuning job: " + job.id(),
                        "Validating training file: " + job.trainingFile(),
                        "Files validated, moving job to queued state",
                        "Fine-tuning job started",
                        "Step 1/3: training loss=1.50",
                        "Checkpoint created at step 1 with Snapshot ID: " + snapshot.model(),
                        "Step 2/3: training loss=0.75, validation loss=0.31",
                        "Step 3/3: training loss=0.50, full validation loss=0.33",
                        "New fine-tuned model created: " + done.model(),
                        "The job has successfully completed");
        assertThat(world.jobs.checkpoints(world.caller, job.id(), null, 10).items())
                .extracting(CheckpointRow::model)
                .containsExactly(done.model(), snapshot.model());
        assertThat(new ai.luthier.server.usage.Ledger(world.database)
                        .total(world.caller, Instant.EPOCH, Instant.now().plusSeconds(1)))
                .isEqualByComparingTo("0.0009");
    }
}
