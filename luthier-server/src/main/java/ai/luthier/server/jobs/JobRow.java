package ai.luthier.server.jobs;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is stored.
 *
 * @param id {@code ftjob-…}
 * @param paused whether a client paused it; a worker that still runs is about to stop
 * @param asked what the client chose
 * @param chosen what it trains with; null until it runs
 * @param examples rows of the training file; null until validated
 * @param tokensPerEpoch tokens of the rows as trained; null until validated
 * @param step optimiser steps reported so far
 * @param totalSteps null until it runs
 * @param estimatedFinish null unless it runs and steps were seen
 * @param trainedTokens null until it succeeded
 * @param resultFiles empty until it succeeded
 * @param reportFile the file with every error of a training file; null where there is none
 * @param error null unless it failed
 */
public record JobRow(
        String id,
        String organizationId,
        String projectId,
        Instant createdAt,
        JobState state,
        boolean paused,
        String model,
        String trainingFile,
        @Nullable String validationFile,
        @Nullable String suffix,
        int seed,
        @Nullable Map<String, Object> metadata,
        @Nullable Map<String, Object> extension,
        TrainingChoices asked,
        @Nullable TrainingChoices chosen,
        @Nullable Integer examples,
        @Nullable Long tokensPerEpoch,
        int step,
        @Nullable Integer totalSteps,
        @Nullable Instant queuedAt,
        @Nullable Instant startedAt,
        @Nullable Instant estimatedFinish,
        @Nullable Instant finishedAt,
        @Nullable Long trainedTokens,
        @Nullable String fineTunedModel,
        List<String> resultFiles,
        @Nullable String reportFile,
        @Nullable JobFailure error) {

    public JobRow {
        resultFiles = List.copyOf(resultFiles);
    }

    /** What the wire shows: the client's words until the job runs, the numbers from then on. */
    public TrainingChoices shownChoices() {
        return chosen == null ? asked : chosen;
    }
}
