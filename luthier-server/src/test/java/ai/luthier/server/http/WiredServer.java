package ai.luthier.server.http;

import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.engine.train.memory.TrainingWay;
import ai.luthier.engine.train.options.TrainingOptions;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.files.ContentCheck;
import ai.luthier.server.files.DiskBlobStore;
import ai.luthier.server.files.FileService;
import ai.luthier.server.files.NewFile;
import ai.luthier.server.files.StagedFile;
import ai.luthier.server.jobs.JobQueue;
import ai.luthier.server.jobs.JobReports;
import ai.luthier.server.jobs.JobService;
import ai.luthier.server.jobs.Lease;
import ai.luthier.server.jobs.ResultCsv;
import ai.luthier.server.jobs.StepMetrics;
import ai.luthier.server.jobs.Success;
import ai.luthier.server.jobs.TrainingChoices;
import ai.luthier.server.jobs.Validated;
import ai.luthier.server.jobs.Work;
import ai.luthier.server.models.AddedBases;
import ai.luthier.server.models.BaseReader;
import ai.luthier.server.models.Bases;
import ai.luthier.server.models.ModelImports;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.models.PublishedModel;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.TestDatabase;
import ai.luthier.server.usage.Ledger;
import ai.luthier.server.wire.KnownModels;
import ai.luthier.server.wire.ServerBackend;
import ai.luthier.server.wire.StoredOwner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A server over the real services on a database of its own. Models are parrots, and what a training process would report is
 * reported by {@link #train}, so that tests with it speak about the wire and take seconds.
 */
final class WiredServer implements AutoCloseable {

    final Path folder;
    final Database database = TestDatabase.open();
    final Clock clock = Clock.systemUTC();
    final KeyService keys = new KeyService(database, clock, "personal");
    final Caller caller = keys.owner();
    final Ledger ledger = new Ledger(database);
    final FileService files;
    final ModelRegistry registry;
    final String key = keys.create("test", Caller.Role.MEMBER).secret();
    final HttpApi api;
    final Client client;

    private final JobReports reports = new JobReports(database, clock, 1);
    private final JobQueue queue = new JobQueue(database, clock, "node", 1, Duration.ofMinutes(1));

    WiredServer(Path folder) {
        this.folder = folder;
        files = new FileService(database, new DiskBlobStore(folder.resolve("blobs")), clock, 1 << 20);
        registry = new ModelRegistry(database, folder.resolve("models"));
        JobService jobs = new JobService(database, files, clock);
        KnownModels known = new KnownModels(Catalogue::standard, registry);
        Backend backend = new ServerBackend(keys, files, jobs, registry, Catalogue::standard, ledger, clock)
                .with(
                        (who, name) -> new ParrotModel(known.snapshot(who, name), true),
                        owner(folder),
                        List::of,
                        "queued",
                        (who, name, method, chosen) -> {});
        api = HttpApi.start(backend, new HttpSettings("127.0.0.1", 0, 1 << 20, 1 << 20, false, Duration.ofMillis(300)));
        client = new Client(api.port(), key);
    }

    private StoredOwner owner(Path folder) {
        AddedBases added = new AddedBases(database);
        Bases bases = new Bases(added, () -> folder.resolve("no embedded model here"));
        TrainingWay way = TrainingWay.of(TrainingOptions.DEFAULTS, 1, 0);
        ModelImports imports = new ModelImports(bases, registry, database, folder.resolve("imported"), clock);
        return new StoredOwner(keys, added, bases, imports, clock, new BaseReader(1L << 40, way));
    }

    /** Reports a whole training of three steps for the job that waits longest; false where none waits. */
    boolean train() {
        Optional<Work> validation = queue.claimValidation();
        validation.ifPresent(work -> reports.validated(work.lease(), new Validated(10, 100)));
        Optional<Work> run = queue.claimRun();
        run.ifPresent(work -> {
            reports.started(work.lease(), new TrainingChoices(3, 1, 2.0), 3);
            reports.steps(
                    work.lease(),
                    List.of(
                            new StepMetrics(1, 3, 1.5, 0.25, null, null, null, null),
                            new StepMetrics(2, 3, 0.75, 0.5, 0.31, 0.5, null, null),
                            new StepMetrics(3, 3, 0.5, 0.75, null, null, 0.33, 0.5)));
            reports.snapshot(work.lease(), 1, emptyModel());
            reports.succeeded(
                    work.lease(),
                    new Success(emptyModel(), 300, results(work, work.lease()), new BigDecimal("0.0024")));
        });
        return run.isPresent();
    }

    private StagedFile results(Work work, Lease lease) {
        byte[] csv = ResultCsv.of(reports.metrics(lease)).getBytes(StandardCharsets.UTF_8);
        return files.stage(
                work.owner(),
                new NewFile("step_metrics.csv", "fine-tune-results", null),
                new ByteArrayInputStream(csv),
                ContentCheck.NONE);
    }

    /** Makes a fine-tuned model exist. Returns the folder of its weights. */
    String publish(String name) {
        String weights = emptyModel();
        var model = new PublishedModel(
                name,
                caller.organizationId(),
                caller.projectId(),
                "gpt-3.5-turbo-0613",
                PublishedModel.Kind.TUNED,
                null,
                weights,
                clock.instant());
        database.write(handle -> {
            ModelRegistry.insert(handle, model);
            return true;
        });
        return weights;
    }

    /** A folder for the weights of a model, with nothing in it. */
    String emptyModel() {
        String name = registry.newFolder();
        try {
            Files.createDirectories(registry.folder(name));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return name;
    }

    @Override
    public void close() {
        api.close();
        database.close();
    }
}
