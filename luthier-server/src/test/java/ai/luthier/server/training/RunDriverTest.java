package ai.luthier.server.training;

import static ai.luthier.server.training.TrainingFixture.error;
import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.server.jobs.EventRow;
import ai.luthier.server.jobs.JobRow;
import ai.luthier.server.jobs.JobState;
import ai.luthier.server.jobs.TrainingChoices;
import ai.luthier.server.jobs.Work;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real workers, driven through what jobs go through. */
@Timeout(300)
class RunDriverTest {

    private static final int STEPS = 500;
    private static final TrainingChoices CHOICES = new TrainingChoices(5, 1, 1.0);

    @TempDir
    private Path folder;

    private TrainingFixture world;
    private RunDriver driver;

    @BeforeEach
    void open() throws IOException {
        world = new TrainingFixture(folder);
        Publisher publisher = new Publisher(
                world.reports,
                world.files,
                world.models,
                (base, adapter) ->
                        assertThat(adapter.resolve("adapter_model.safetensors")).exists(),
                (model, tokens) -> BigDecimal.ONE);
        driver = new RunDriver(world.queue, world.reports, world.planner, publisher, world.settings);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private JobRow job(Work work) {
        return world.jobs.get(world.caller, work.job().id());
    }

    private Thread drive(Work work, AtomicBoolean stopping) {
        return Thread.ofVirtual().start(() -> driver.drive(work, stopping::get));
    }

    private void awaitStep(Work work, int step) throws InterruptedException {
        while (job(work).step() < step) {
            Thread.sleep(10);
        }
    }

    private static ProcessHandle worker() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRun_thatIsPaused_stoppedWithTheServer_andWhoseWorkerIsKilled_ends_withEveryStepOnce() throws Exception {
        Work first = world.claimed(TrainingFixture.rows(100), CHOICES);
        Thread driving = drive(first, new AtomicBoolean());
        awaitStep(first, 3);
        world.jobs.pause(world.caller, first.job().id());
        driving.join();
        assertThat(job(first).state()).isEqualTo(JobState.QUEUED);
        assertThat(job(first).paused()).isTrue();
        assertThat(world.queue.claimRun()).as("a paused job is not run").isEmpty();
        assertThat(world.events(first.job().id()))
                .as("said when it has stopped, after the last step that it did")
                .last()
                .extracting(EventRow::message)
                .isEqualTo("The job has been paused after step " + job(first).step());

        world.jobs.resume(world.caller, first.job().id());
        Work second = world.queue.claimRun().orElseThrow();
        int paused = job(first).step();
        AtomicBoolean stopping = new AtomicBoolean();
        driving = drive(second, stopping);
        awaitStep(second, paused + 2);
        stopping.set(true);
        driving.join();
        assertThat(job(first).state()).as("it goes on at the next start").isEqualTo(JobState.RUNNING);

        Work third = world.queue.claimRun().orElseThrow();
        int stopped = job(first).step();
        driving = drive(third, new AtomicBoolean());
        awaitStep(third, stopped + 2);
        worker().destroyForcibly();
        driving.join();

        assertThat(job(first).state()).isEqualTo(JobState.SUCCEEDED);
        List<EventRow> events = world.events(first.job().id());
        assertThat(events)
                .filteredOn(event -> event.type().equals("metrics"))
                .extracting(event -> event.message().replaceAll("/.*", ""))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, STEPS)
                        .mapToObj(step -> "Step " + step)
                        .toList());
        assertThat(events)
                .filteredOn(event -> event.level() == EventRow.Level.WARN)
                .extracting(EventRow::message)
                .singleElement()
                .asString()
                .contains("ended unexpectedly");
    }

    @Test
    void aCancelledRun_isEndedAtOnce_andItsFolderRemoved() throws Exception {
        Work work = world.claimed(TrainingFixture.rows(10), new TrainingChoices(50, 1, 1.0));
        Thread driving = drive(work, new AtomicBoolean());
        awaitStep(work, 2);
        ProcessHandle worker = worker();
        world.jobs.cancel(world.caller, work.job().id());
        driving.join();

        assertThat(job(work).state()).isEqualTo(JobState.CANCELLED);
        assertThat(worker.isAlive()).isFalse();
        assertThat(world.planner.folder(work.job()).root()).doesNotExist();
    }

    @Test
    void whoeverLosesTheLease_leavesTheFolderToTheNext() throws Exception {
        Work first = world.claimed(TrainingFixture.rows(10), new TrainingChoices(50, 1, 1.0));
        Thread driving = drive(first, new AtomicBoolean());
        awaitStep(first, 2);
        ProcessHandle worker = worker();
        world.queue.release(first.lease()); // as after a long sleep of the machine
        Work second = world.queue.claimRun().orElseThrow();
        driving.join();

        assertThat(worker.isAlive()).isFalse();
        assertThat(second.again()).isTrue();
        assertThat(world.planner.folder(first.job()).progress()).exists();
        assertThat(job(first).state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void aRunThatCannotSucceed_failsTheJob_withTheCause() throws Exception {
        Path broken = Files.createDirectory(folder.resolve("broken"));
        try (var files = Files.list(world.model.base())) {
            for (Path file : files.toList()) {
                Files.copy(file, broken.resolve(file.getFileName()));
            }
        }
        TrainableModel base = world.model;
        world.model = new TrainableModel(base.baseId(), broken, Optional.empty(), Optional.empty(), 2048, 1e-3, 1.0);
        Work work = world.claimed(TrainingFixture.rows(10), CHOICES);
        Files.write(broken.resolve("model.safetensors"), new byte[100]);
        driver.drive(work, () -> false);

        assertThat(job(work).state()).isEqualTo(JobState.FAILED);
        assertThat(error(job(work)).message()).contains("model.safetensors");
        assertThat(world.models.list(world.caller)).isEmpty();
    }
}
