package ai.luthier.server.jobs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a job that can be used as a model.
 *
 * @param id {@code ftckpt_…}
 * @param model {@code ft:…:ckpt-step-N}; for the last step the name of the job's model
 * @param step optimiser steps done
 * @param metrics of that step; null where none were reported
 */
public record CheckpointRow(
        String id,
        String jobId,
        Instant createdAt,
        String model,
        int step,
        @Nullable StepMetrics metrics) {}
