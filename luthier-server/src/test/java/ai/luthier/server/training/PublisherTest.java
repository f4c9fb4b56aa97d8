package ai.luthier.server.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.worker.RunFolder;
import ai.luthier.server.jobs.CheckpointRow;
import ai.luthier.server.jobs.JobRow;
import ai.luthier.server.jobs.JobState;
import ai.luthier.server.jobs.StepMetrics;
import ai.luthier.server.jobs.TrainingChoices;
import ai.luthier.server.jobs.Work;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From what a worker left behind to a model that exists. */
class PublisherTest {

    private static final int STEPS = 50;

    @TempDir
    private Path folder;

    private TrainingFixture world;
    private Work work;
    private RunFolder run;

    @BeforeEach
    void runTheJob() throws IOException {
        world = new TrainingFixture(folder);
        work = world.claimed(TrainingFixture.rows(10), new TrainingChoices(5, 1, 1.0));
        world.reports.started(work.lease(), new TrainingChoices(5, 1, 1.0), STEPS);
        world.reports.steps(work.lease(), List.of(new StepMetrics(1, STEPS, 1.5, 0.25, null, null, null, null)));
        run = world.planner.folder(work.job());
        adapter(run.adapter(), "final");
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static void adapter(Path directory, String weights) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("adapter_model.safetensors"), weights);
    }

    private Publisher publisher(Publisher.Servable servable) {
        return new Publisher(
                world.reports,
                world.files,
                world.models,
                servable,
                (model, tokens) -> new BigDecimal("0.000003").multiply(BigDecimal.valueOf(tokens)));
    }

    private JobRow job() {
        return world.jobs.get(world.caller, work.job().id());
    }

    private Path weights(String model) {
        return world.models.folder(world.models.get(world.caller, model)).resolve("adapter_model.safetensors");
    }

    private long modelFolders() throws IOException {
        try (Stream<Path> folders = Files.list(folder.resolve("models"))) {
            return folders.count();
        }
    }

    @Test
    void theResult_isAModel_aCsv_andABill_andTheRunsFolderIsGone() throws IOException {
        publisher((base, adapter) ->
                        assertThat(adapter.resolve("adapter_model.safetensors")).hasContent("final"))
                .publishResult(work, run, 1000);

        JobRow job = job();
        assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(weights(Objects.requireNonNull(job.fineTunedModel()))).hasContent("final");
        assertThat(world.content(job.resultFiles().getFirst()))
                .startsWith("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,1.5,0.25,,");
        assertThat(world.ledger.ofJob(world.caller, job.id()).orElseThrow().usd())
                .isEqualByComparingTo("0.003");
        assertThat(run.root()).doesNotExist();
    }

    @Test
    void aModelThatCannotBeServed_isNotPublished_andNothingOfTheRunIsLost() {
        Publisher publisher = publisher((base, adapter) -> {
            throw new UserError(ErrorCode.INVALID_MODEL, "model", "it does not load");
        });
        assertThatThrownBy(() -> publisher.publishResult(work, run, 1000)).hasMessageContaining("does not load");
        assertThat(job().state()).isEqualTo(JobState.RUNNING);
        assertThat(world.models.list(world.caller)).isEmpty();
        assertThat(run.adapter()).exists();
        assertThat(world.ledger.ofJob(world.caller, work.job().id())).isEmpty();
    }

    @Test
    void whoLostTheLease_publishesNothing() {
        world.queue.release(work.lease());
        assertThatThrownBy(() -> publisher((base, adapter) -> {}).publishResult(work, run, 1000))
                .isInstanceOf(Conflict.class);
        assertThat(world.models.list(world.caller)).isEmpty();
        assertThat(job().state()).isEqualTo(JobState.RUNNING);
        assertThat(run.adapter()).as("whoever has the lease now needs it").exists();
    }

    @Test
    void theLastThreeEpochsStay_theFinalModelAmongThem() throws IOException {
        Publisher publisher = publisher((base, adapter) -> {});
        for (int epoch = 1; epoch <= 5; epoch++) {
            String name = "snapshots/step-" + epoch * 10;
            adapter(run.root().resolve(name), "epoch " + epoch);
            publisher.publishSnapshot(work, run, new RunEvent.Snapshot(epoch * 10, epoch, name), STEPS);
        }
        assertThat(world.models.list(world.caller))
                .as("the last epoch is the result")
                .hasSize(3);
        publisher.publishResult(work, run, 1000);

        List<CheckpointRow> kept =
                world.jobs.checkpoints(world.caller, work.job().id(), null, 10).items();
        assertThat(kept).extracting(CheckpointRow::step).containsExactly(50, 40, 30);
        assertThat(weights(kept.getLast().model())).hasContent("epoch 3");
        assertThat(modelFolders()).isEqualTo(3);
    }

    @Test
    void aSnapshotIsPublishedOnce_andOneThatTheWorkerDroppedIsPassedOver() throws IOException {
        Publisher publisher = publisher((base, adapter) -> {});
        adapter(run.root().resolve("snapshots/step-10"), "epoch 1");
        RunEvent.Snapshot snapshot = new RunEvent.Snapshot(10, 1, "snapshots/step-10");
        publisher.publishSnapshot(work, run, snapshot, STEPS);
        publisher.publishSnapshot(work, run, snapshot, STEPS);
        publisher.publishSnapshot(work, run, new RunEvent.Snapshot(20, 2, "snapshots/step-20"), STEPS);

        assertThat(world.models.list(world.caller)).hasSize(1);
        assertThat(modelFolders()).isEqualTo(1);
    }
}
