package ai.luthier.server;

import ai.luthier.api.LuthierException;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.worker.WorkerProcess;
import ai.luthier.nano.NanoModel;
import ai.luthier.server.accounts.ApiKey;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.config.Configuration;
import ai.luthier.server.files.DiskBlobStore;
import ai.luthier.server.files.FileService;
import ai.luthier.server.http.Backend;
import ai.luthier.server.http.HttpApi;
import ai.luthier.server.http.HttpSettings;
import ai.luthier.server.jobs.JobQueue;
import ai.luthier.server.jobs.JobReports;
import ai.luthier.server.jobs.JobService;
import ai.luthier.server.models.AddedBases;
import ai.luthier.server.models.BaseReader;
import ai.luthier.server.models.Bases;
import ai.luthier.server.models.ModelImports;
import ai.luthier.server.models.ModelName;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.serving.EngineModelHost;
import ai.luthier.server.store.DataDirectory;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.Storage;
import ai.luthier.server.training.CatalogueModels;
import ai.luthier.server.training.EncoderCounters;
import ai.luthier.server.training.FileValidation;
import ai.luthier.server.training.JobRunner;
import ai.luthier.server.training.MemoryGate;
import ai.luthier.server.training.Publisher;
import ai.luthier.server.training.RunDriver;
import ai.luthier.server.training.RunPlanner;
import ai.luthier.server.training.TrainableModel;
import ai.luthier.server.training.TrainingSettings;
import ai.luthier.server.usage.Ledger;
import ai.luthier.server.wire.ServerBackend;
import ai.luthier.server.wire.StoredOwner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server. Its start reads as a table of contents: what there is, in the order in which it depends on each other; its end
 * goes through the same list backwards.
 *
 * <p>Safe for any thread.
 */
public final class LuthierServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LuthierServer.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration EXPIRY = Duration.ofMinutes(10);
    private static final Duration RELOAD = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 5;
    private static final int BODY_BYTES = 64 << 20;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final URI baseUrl;
    private final Optional<String> firstKey;
    private final KeyService keys;
    private final ModelRegistry registry;

    /**
     * Starts everything and returns when requests are answered.
     *
     * @throws LuthierException where the data directory is in use, the port is taken, or a part cannot start; nothing runs on then
     */
    public static LuthierServer start(Configuration configuration) {
        return new LuthierServer(configuration, Clock.systemUTC());
    }

    private LuthierServer(Configuration configuration, Clock clock) {
        try {
            if (DataDirectory.running(configuration.dataDirectory()).isEmpty()) { // Else the directory says who has it.
                HttpApi.requireFree(
                        configuration.server().host(), configuration.server().port());
            }
            DataDirectory directory = open(DataDirectory.open(configuration.dataDirectory()));
            Storage storage = open(Storage.open(
                    directory,
                    configuration.database().url(),
                    configuration.database().connections()));
            Database database = storage.database();

            keys = new KeyService(database, clock, configuration.admin().organization());
            firstKey = keys.firstKey(configuration.admin().key()).map(ApiKey.Fresh::secret);
            LocalToken token = LocalToken.create(directory.path());
            Ledger ledger = new Ledger(database);
            FileService files = new FileService(
                    database,
                    new DiskBlobStore(directory.blobs()),
                    clock,
                    configuration.files().maxBytes());
            files.sweep();
            files.removeExpired();
            open(Housekeeping.every(EXPIRY, files::removeExpired));

            registry = new ModelRegistry(database, directory.models());
            registry.sweep();
            AddedBases added = new AddedBases(database);
            Bases bases = new Bases(added, () -> embedded(directory.path()));
            EngineModelHost host = open(new EngineModelHost(bases, registry));
            DefaultBase base = open(DefaultBase.load(configuration.models().defaultBase(), host::warm, RELOAD));

            Configuration.Worker worker = configuration.worker();
            TrainingSettings settings = training(worker);
            CatalogueModels models = new CatalogueModels(bases, registry);
            MemoryGate memory = new MemoryGate(settings.memory(), worker.way(), bases::all);

            JobService jobs = new JobService(database, files, clock);
            RunPlanner planner = new RunPlanner(
                    models,
                    files,
                    directory.runs(),
                    settings,
                    Overlong.valueOf(configuration.jobs().overlong().name()));
            Backend backend = new ServerBackend(keys, files, jobs, registry, bases::catalogue, ledger, clock)
                    .with(
                            host,
                            new StoredOwner(
                                    keys,
                                    added,
                                    bases,
                                    new ModelImports(bases, registry, database, directory.imported(), clock),
                                    clock,
                                    new BaseReader(settings.memory(), worker.way())),
                            health(database, base),
                            pausedStatus(configuration),
                            (caller, model, method, chosen) -> {
                                TrainableModel found = models.find(caller, model);
                                memory.refuseHopeless(found, model, method, planner.options(chosen, found));
                            });
            HttpApi http = open(HttpApi.start(token.accept(backend, keys), httpSettings(configuration)));

            JobQueue queue = new JobQueue(database, clock, directory.node(), worker.slots(), worker.lease());
            JobReports reports = new JobReports(database, clock, worker.slots());
            planner.sweep(reports::leavesNothing);
            Publisher publisher = new Publisher(
                    reports, files, registry, host::check, (model, tokens) -> trainingPrice(bases, model, tokens));
            open(JobRunner.start(
                    queue,
                    new FileValidation(queue, reports, files, models, new EncoderCounters(), planner, memory),
                    new RunDriver(queue, reports, planner, publisher, settings),
                    settings));

            baseUrl = http.address();
            directory.announce(baseUrl);
            LOG.info("Answering at {}", baseUrl);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T open(T part) {
        parts.push(part);
        return part;
    }

    private static Path embedded(Path dataDirectory) {
        try {
            return NanoModel.unpack(dataDirectory.resolve("embedded"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack the embedded model into " + dataDirectory, e);
        }
    }

    private static Backend.Health health(Database database, DefaultBase base) {
        return () -> database.ready() ? base.missing() : List.of("the database does not answer");
    }

    private static String pausedStatus(Configuration configuration) {
        return switch (configuration.jobs().pausedStatus()) {
            case QUEUED -> "queued";
            case PAUSED -> "paused";
        };
    }

    private static HttpSettings httpSettings(Configuration configuration) {
        return new HttpSettings(
                configuration.server().host(),
                configuration.server().port(),
                configuration.files().maxBytes(),
                BODY_BYTES,
                configuration.jobs().resultEncoding() == Configuration.ResultEncoding.BASE64,
                configuration.server().shutdown());
    }

    private static TrainingSettings training(Configuration.Worker worker) {
        return new TrainingSettings(
                worker.slots(),
                worker.threads(),
                new WorkerProcess.Resources(worker.heap(), worker.memory().orElse(0), worker.device()),
                worker.checkpointSteps(),
                (int) worker.checkpointInterval().toSeconds(),
                worker.recompute(),
                worker.path(),
                worker.activationCacheBytes(),
                worker.memoryOfOneRun(),
                ATTEMPTS,
                POLL);
    }

    private static BigDecimal trainingPrice(Bases bases, String model, long trainedTokens) {
        return bases.catalogue()
                .find(ModelName.baseOf(model))
                .map(entry -> entry.pricing().training().of(trainedTokens).amount())
                .orElse(BigDecimal.ZERO);
    }

    /** What an SDK takes as its base URL, for example {@code http://127.0.0.1:8080/v1}. */
    public URI baseUrl() {
        return baseUrl;
    }

    /** The key that was made because there was none; to be shown once. */
    public Optional<String> firstKey() {
        return firstKey;
    }

    /**
     * Where the weights of one of the owner's tuned models are: a PEFT directory.
     *
     * @throws ai.luthier.api.UserError {@code MODEL_NOT_FOUND}
     */
    public Path folderOf(String tunedModel) {
        return registry.folder(registry.get(keys.owner(), tunedModel));
    }

    /** Takes no new work, lets streams end and workers write their checkpoints, and stops. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("Could not end {} cleanly", part.getClass().getSimpleName(), e);
            }
        }
    }
}
