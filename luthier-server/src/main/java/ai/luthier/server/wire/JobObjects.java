package ai.luthier.server.wire;

import ai.luthier.api.money.Usd;
import ai.luthier.api.wire.AutoOrNumber;
import ai.luthier.api.wire.FineTuningJob;
import ai.luthier.api.wire.FineTuningMethod;
import ai.luthier.api.wire.Hyperparameters;
import ai.luthier.api.wire.JobCheckpoint;
import ai.luthier.api.wire.JobError;
import ai.luthier.api.wire.JobEvent;
import ai.luthier.api.wire.JobExtension;
import ai.luthier.server.jobs.CheckpointRow;
import ai.luthier.server.jobs.EventRow;
import ai.luthier.server.jobs.JobFailure;
import ai.luthier.server.jobs.JobRow;
import ai.luthier.server.jobs.StepMetrics;
import ai.luthier.server.jobs.TrainingChoices;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows of jobs, events and checkpoints as OpenAI's objects. */
final class JobObjects {

    private JobObjects() {}

    /**
     * @param pausedStatus what a paused job shows
     * @param queuePosition 1 for the next job; null for one that does not wait
     * @param price what the job cost; empty until it succeeded
     */
    static FineTuningJob job(JobRow row, String pausedStatus, @Nullable Integer queuePosition, Optional<Usd> price) {
        Hyperparameters hyperparameters = hyperparameters(row.shownChoices());
        Map<String, Object> chosen =
                row.extension() == null ? new LinkedHashMap<>() : new LinkedHashMap<>(row.extension());
        boolean paused = row.paused() && !row.state().terminal();
        return new FineTuningJob(
                row.id(),
                row.createdAt().getEpochSecond(),
                seconds(row.finishedAt()),
                seconds(row.estimatedFinish()),
                row.model(),
                row.fineTunedModel(),
                row.organizationId(),
                paused ? pausedStatus : row.state().wire(),
                row.trainingFile(),
                row.validationFile(),
                row.resultFiles(),
                row.trainedTokens(),
                error(row.error()),
                hyperparameters,
                method(row.shownChoices(), hyperparameters),
                row.seed(),
                metadata(row.metadata()),
                row.suffix(),
                new JobExtension(
                        paused,
                        (String) chosen.remove("overlong"),
                        queuePosition,
                        row.step(),
                        row.totalSteps(),
                        price.map(Usd::toString).orElse(null),
                        row.reportFile(),
                        chosen));
    }

    private static Hyperparameters hyperparameters(TrainingChoices choices) {
        return new Hyperparameters(
                new AutoOrNumber(choices.epochs()),
                new AutoOrNumber(choices.batchSize()),
                new AutoOrNumber(choices.multiplier()));
    }

    private static FineTuningMethod method(TrainingChoices choices, Hyperparameters hyperparameters) {
        return switch (choices.method()) {
            case SUPERVISED -> FineTuningMethod.supervised(hyperparameters);
            case DPO -> FineTuningMethod.dpo(hyperparameters, new AutoOrNumber(choices.beta()));
        };
    }

    private static @Nullable JobError error(@Nullable JobFailure failure) {
        return failure == null ? null : new JobError(failure.code(), failure.message(), failure.param());
    }

    private static @Nullable Long seconds(@Nullable Instant time) {
        return time == null ? null : time.getEpochSecond();
    }

    private static @Nullable Map<String, String> metadata(@Nullable Map<String, Object> stored) {
        if (stored == null) {
            return null;
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        stored.forEach((key, value) -> pairs.put(key, String.valueOf(value)));
        return pairs;
    }

    static JobEvent event(EventRow row) {
        return new JobEvent(
                row.id(),
                row.createdAt().getEpochSecond(),
                row.level().name().toLowerCase(Locale.ROOT),
                row.message(),
                row.type(),
                row.data() == null ? Map.of() : row.data());
    }

    static JobCheckpoint checkpoint(CheckpointRow row) {
        return new JobCheckpoint(
                row.id(),
                row.createdAt().getEpochSecond(),
                row.model(),
                row.jobId(),
                row.step(),
                metrics(row.step(), row.metrics()));
    }

    private static JobCheckpoint.Metrics metrics(int step, @Nullable StepMetrics measured) {
        return measured == null
                ? new JobCheckpoint.Metrics(step, null, null, null, null, null, null, Map.of())
                : new JobCheckpoint.Metrics(
                        step,
                        measured.trainLoss(),
                        measured.trainAccuracy(),
                        measured.validLoss(),
                        measured.validAccuracy(),
                        measured.fullValidLoss(),
                        measured.fullValidAccuracy(),
                        measured.more());
    }
}
