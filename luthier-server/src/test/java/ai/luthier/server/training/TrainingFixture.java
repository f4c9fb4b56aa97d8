package ai.luthier.server.training;

import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.memory.TrainingWay;
import ai.luthier.engine.train.options.TrainingOptions;
import ai.luthier.engine.worker.WorkerProcess;
import ai.luthier.nano.NanoModel;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.files.ContentCheck;
import ai.luthier.server.files.DiskBlobStore;
import ai.luthier.server.files.FileService;
import ai.luthier.server.files.NewFile;
import ai.luthier.server.jobs.EventRow;
import ai.luthier.server.jobs.JobFailure;
import ai.luthier.server.jobs.JobQueue;
import ai.luthier.server.jobs.JobReports;
import ai.luthier.server.jobs.JobRow;
import ai.luthier.server.jobs.JobService;
import ai.luthier.server.jobs.NewJob;
import ai.luthier.server.jobs.TrainingChoices;
import ai.luthier.server.jobs.Work;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.TestDatabase;
import ai.luthier.server.usage.Ledger;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The services that training stands on, on a database of their own, with the embedded model as the one base. */
final class TrainingFixture implements AutoCloseable {

    static final String MODEL = "gpt-4o-mini-2024-07-18";

    final Path folder;
    final Database database = TestDatabase.open();
    final Clock clock = Clock.systemUTC();
    final Caller caller = new KeyService(database, clock, "personal").owner();
    final FileService files;
    final ModelRegistry models;
    final JobService jobs;
    final JobQueue queue = new JobQueue(database, clock, "node", 1, Duration.ofSeconds(30));
    final JobReports reports = new JobReports(database, clock, 1);
    final Ledger ledger = new Ledger(database);
    final TrainingSettings settings = new TrainingSettings(
            1,
            1,
            WorkerProcess.Resources.heap("512m"),
            5,
            60,
            false,
            TrainingPath.AUTO,
            1L << 30,
            1L << 40,
            2,
            Duration.ofMillis(50));
    TrainableModel model;
    long memory = 1L << 40; // bytes for one run
    final RunPlanner planner;

    TrainingFixture(Path folder) throws IOException {
        this.folder = folder;
        files = new FileService(database, new DiskBlobStore(folder.resolve("blobs")), clock, 1 << 20);
        models = new ModelRegistry(database, folder.resolve("models"));
        jobs = new JobService(database, files, clock);
        Path nano = NanoModel.unpack(folder.resolve("embedded"));
        model = new TrainableModel("luthier-nano", nano, Optional.empty(), Optional.empty(), 65_536, 1e-3, 1.8);
        planner = new RunPlanner((caller, name) -> model, files, folder.resolve("runs"), settings, Overlong.REFUSE);
    }

    FileValidation validation() {
        return new FileValidation(
                queue, reports, files, (caller, name) -> model, new EncoderCounters(), planner, gate(memory));
    }

    /** A machine on which a run can have so many bytes, and no base but the one that is trained. */
    static MemoryGate gate(long memory) {
        return new MemoryGate(memory, TrainingWay.of(TrainingOptions.DEFAULTS, 1, 0), List::of);
    }

    String upload(String content) {
        return files.upload(
                        caller,
                        new NewFile("rows.jsonl", "fine-tune", null),
                        new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)),
                        ContentCheck.NONE)
                .id();
    }

    static String row(String question, String answer) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"" + question
                + "\"},{\"role\":\"assistant\",\"content\":\"" + answer + "\"}]}\n";
    }

    /** So many good rows, no two the same. */
    static String rows(int count) {
        StringBuilder rows = new StringBuilder();
        IntStream.range(0, count)
                .forEach(number -> rows.append(row(
                        "Tell me a story about a dog.",
                        "Once upon a time, there was a dog. The dog was " + number + ".")));
        return rows.toString();
    }

    JobRow create(String content) {
        return create(content, null, TrainingChoices.AUTO, null);
    }

    JobRow create(
            String content,
            @Nullable String validation,
            TrainingChoices asked,
            @Nullable Map<String, Object> extension) {
        String validationFile = validation == null ? null : upload(validation);
        return jobs.create(caller, new NewJob(MODEL, upload(content), validationFile, null, 7, asked, null, extension));
    }

    /** Validates the job that waits longest. Returns it as it is then. */
    JobRow validate() {
        Work work = queue.claimValidation().orElseThrow();
        validation().validate(work);
        return jobs.get(caller, work.job().id());
    }

    /** A validated job, claimed to be run. */
    Work claimed(String content, TrainingChoices asked) {
        create(content, null, asked, null);
        validate();
        return queue.claimRun().orElseThrow();
    }

    /** All events of a job, oldest first. */
    List<EventRow> events(String jobId) {
        return jobs.events(caller, jobId, null, 1000).items().reversed();
    }

    /** Why a job failed. */
    static JobFailure error(JobRow job) {
        return Objects.requireNonNull(job.error(), () -> "it did not fail: " + job);
    }

    String content(@Nullable String fileId) throws IOException {
        try (var in = files.open(caller, Objects.requireNonNull(fileId, "no such file"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
