package ai.luthier.server.wire;

import ai.luthier.api.money.Usd;
import ai.luthier.api.wire.FineTuningJob;
import ai.luthier.api.wire.FineTuningJobRequest;
import ai.luthier.api.wire.FineTuningMethod;
import ai.luthier.api.wire.Hyperparameters;
import ai.luthier.api.wire.JobCheckpoint;
import ai.luthier.api.wire.JobEvent;
import ai.luthier.api.wire.ListPage;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.http.Backend;
import ai.luthier.server.jobs.CheckpointRow;
import ai.luthier.server.jobs.EventRow;
import ai.luthier.server.jobs.JobRow;
import ai.luthier.server.jobs.JobService;
import ai.luthier.server.jobs.JobState;
import ai.luthier.server.jobs.NewJob;
import ai.luthier.server.jobs.TrainingChoices;
import ai.luthier.server.store.Page;
import ai.luthier.server.usage.Ledger;
import ai.luthier.text.data.JobMethod;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Jobs of the {@link JobService} on the wire. */
final class StoredJobs implements Backend.Jobs {

    private final JobService jobs;
    private final KnownModels models;
    private final Ledger ledger;
    private final String pausedStatus;
    private final Admission admission;

    StoredJobs(JobService jobs, KnownModels models, Ledger ledger, String pausedStatus, Admission admission) {
        this.jobs = jobs;
        this.models = models;
        this.ledger = ledger;
        this.pausedStatus = pausedStatus;
        this.admission = admission;
    }

    @Override
    public FineTuningJob create(Caller caller, FineTuningJobRequest request) {
        String model = models.snapshot(caller, request.model());
        TrainingChoices choices = choices(request.method());
        admission.admit(caller, model, choices.method(), request.luthier());
        return wire(
                caller,
                jobs.create(
                        caller,
                        new NewJob(
                                model,
                                request.trainingFile(),
                                request.validationFile(),
                                request.suffix(),
                                request.seed(),
                                choices,
                                request.metadata(),
                                request.luthier())));
    }

    private static TrainingChoices choices(FineTuningMethod method) {
        Hyperparameters asked = method.hyperparameters();
        return new TrainingChoices(
                method.dpo() == null ? JobMethod.SUPERVISED : JobMethod.DPO,
                asked.nEpochs().value().map(Number::intValue).orElse(null),
                asked.batchSize().value().map(Number::intValue).orElse(null),
                asked.learningRateMultiplier().value().map(Number::doubleValue).orElse(null),
                method.beta().value().map(Number::doubleValue).orElse(null));
    }

    @Override
    public ListPage<FineTuningJob> list(
            Caller caller, @Nullable String after, int limit, Map<String, String> metadata) {
        Page<JobRow> page = jobs.list(caller, after, limit, metadata);
        return ListPage.of(page.map(row -> wire(caller, row)).items(), page.hasMore());
    }

    @Override
    public FineTuningJob retrieveJob(Caller caller, String id) {
        return wire(caller, jobs.get(caller, id));
    }

    @Override
    public FineTuningJob cancel(Caller caller, String id) {
        return wire(caller, jobs.cancel(caller, id));
    }

    @Override
    public FineTuningJob pause(Caller caller, String id) {
        return wire(caller, jobs.pause(caller, id));
    }

    @Override
    public FineTuningJob resume(Caller caller, String id) {
        return wire(caller, jobs.resume(caller, id));
    }

    @Override
    public ListPage<JobEvent> events(Caller caller, String id, @Nullable String after, int limit) {
        Page<EventRow> page = jobs.events(caller, id, after, limit);
        return ListPage.of(page.map(JobObjects::event).items(), page.hasMore());
    }

    @Override
    public ListPage<JobCheckpoint> checkpoints(Caller caller, String id, @Nullable String after, int limit) {
        Page<CheckpointRow> page = jobs.checkpoints(caller, id, after, limit);
        return ListPage.withIds(page.map(JobObjects::checkpoint).items(), page.hasMore(), JobCheckpoint::id);
    }

    private FineTuningJob wire(Caller caller, JobRow row) {
        OptionalInt place = jobs.queuePosition(row);
        Optional<Usd> price = row.state() == JobState.SUCCEEDED
                ? ledger.ofJob(caller, row.id()).map(entry -> new Usd(entry.usd()))
                : Optional.empty();
        return JobObjects.job(row, pausedStatus, place.isPresent() ? place.getAsInt() : null, price);
    }
}
