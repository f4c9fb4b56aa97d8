package ai.luthier.server.jobs;

import ai.luthier.server.accounts.Caller;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.files.ContentCheck;
import ai.luthier.server.files.DiskBlobStore;
import ai.luthier.server.files.FileService;
import ai.luthier.server.files.NewFile;
import ai.luthier.server.files.StagedFile;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.TestDatabase;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Everything a test about jobs needs, on a database of its own. */
final class JobFixture implements AutoCloseable {

    static final TrainingChoices CHOSEN = new TrainingChoices(3, 1, 1.8);

    final Database database;
    final Clock clock = Clock.systemUTC();
    final Caller caller;
    final FileService files;
    final ModelRegistry models;
    final JobService jobs;
    final JobQueue queue;
    final JobReports reports;

    JobFixture(Path folder) {
        this(folder, TestDatabase.open());
    }

    /** @param database closed together with this */
    JobFixture(Path folder, Database database) {
        this.database = database;
        caller = new KeyService(database, clock, "personal").owner();
        files = new FileService(database, new DiskBlobStore(folder.resolve("blobs")), clock, 1 << 20);
        models = new ModelRegistry(database, folder.resolve("models"));
        jobs = new JobService(database, files, clock);
        queue = queue("node-a", Duration.ofSeconds(30));
        reports = new JobReports(database, clock, 1);
    }

    JobQueue queue(String owner, Duration leaseTime) {
        return new JobQueue(database, clock, owner, 1, leaseTime);
    }

    String upload() {
        return files.upload(caller, new NewFile("train.jsonl", "fine-tune", null), content("{}\n"), ContentCheck.NONE)
                .id();
    }

    StagedFile results(Lease lease) {
        return files.stage(
                caller,
                new NewFile("step_metrics.csv", "fine-tune-results", null),
                content(ResultCsv.of(reports.metrics(lease))),
                ContentCheck.NONE);
    }

    private static ByteArrayInputStream content(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    JobRow create() {
        return jobs.create(
                caller,
                new NewJob("gpt-4o-mini-2024-07-18", upload(), null, "Pirate!", 7, TrainingChoices.AUTO, null, null));
    }

    /** A job of three steps that runs. */
    Work running() {
        create();
        queue.claimValidation().ifPresent(work -> reports.validated(work.lease(), new Validated(10, 100)));
        Work work = queue.claimRun().orElseThrow();
        reports.started(work.lease(), CHOSEN, 3);
        return work;
    }

    static StepMetrics step(int step) {
        return new StepMetrics(step, 3, 1.5 / step, 0.25 * step, null, null, null, null);
    }

    /** All events of a job, oldest first. */
    List<EventRow> events(String jobId) {
        return jobs.events(caller, jobId, null, 1000).items().reversed();
    }

    List<String> texts(String jobId) {
        return events(jobId).stream().map(EventRow::message).toList();
    }

    JobRow job(String id) {
        return jobs.get(caller, id);
    }

    @Override
    public void close() {
        database.close();
    }
}
