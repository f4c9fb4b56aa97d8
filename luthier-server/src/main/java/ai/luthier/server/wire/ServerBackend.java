package ai.luthier.server.wire;

import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.files.FileService;
import ai.luthier.server.http.Backend;
import ai.luthier.server.jobs.JobService;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.serving.ModelHost;
import ai.luthier.server.usage.Ledger;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * The services of a server, as the routes want them.
 *
 * @param catalogue asked at every call, for the owner may add bases while the server runs
 */
public record ServerBackend(
        KeyService keys,
        FileService files,
        JobService jobs,
        ModelRegistry registry,
        Supplier<Catalogue> catalogue,
        Ledger ledger,
        Clock clock) {

    /**
     * The backend over these services.
     *
     * @param pausedStatus what a paused job shows: {@code queued}, which the SDKs know, or {@code paused}
     * @param admission asked before a job is made
     */
    public Backend with(
            ModelHost host, Backend.Owner owner, Backend.Health health, String pausedStatus, Admission admission) {
        KnownModels models = new KnownModels(catalogue, registry);
        return new Backend(
                keys::authenticate,
                new StoredFiles(files),
                new StoredJobs(jobs, models, ledger, pausedStatus, admission),
                models,
                host,
                new AnswerBilling(ledger, catalogue, clock),
                owner,
                health);
    }
}
