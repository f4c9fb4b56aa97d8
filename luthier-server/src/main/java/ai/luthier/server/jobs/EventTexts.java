package ai.luthier.server.jobs;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Every sentence of a job's history. Those that OpenAI sends are OpenAI's, to the letter, because people match them; those for
 * pausing, waiting and cancelling are ours.
 */
final class EventTexts {

    static final String VALIDATED = "Files validated, moving job to queued state";
    static final String STARTED = "Fine-tuning job started";
    static final String SUCCEEDED = "The job has successfully completed";
    static final String CANCELLED = "The job has been cancelled";
    static final String RESUMED = "The job has been resumed, moving job to queued state";

    private EventTexts() {}

    static String created(String jobId) {
        return "Created fine-tuning job: " + jobId;
    }

    static String validating(String trainingFile, @Nullable String validationFile) {
        String text = "Validating training file: " + trainingFile;
        return validationFile == null ? text : text + " and validation file: " + validationFile;
    }

    /** @param ahead jobs that have to end or to start first, 1 or more */
    static String waiting(int ahead) {
        return "Waiting in the queue: %d job%s ahead".formatted(ahead, ahead == 1 ? "" : "s");
    }

    static String paused(int step) {
        return step == 0 ? "The job has been paused" : "The job has been paused after step " + step;
    }

    static String resumedAfterInterruption(int step) {
        return step == 0
                ? "The worker was interrupted; the job starts again"
                : "The worker was interrupted; the job goes on after its last checkpoint (step %d had been reported)"
                        .formatted(step);
    }

    static String step(StepMetrics metrics) {
        var text = new StringBuilder("Step %d/%d: training loss=%s"
                .formatted(metrics.step(), metrics.totalSteps(), loss(metrics.trainLoss())));
        if (metrics.validLoss() != null) {
            text.append(", validation loss=").append(loss(metrics.validLoss()));
        }
        if (metrics.fullValidLoss() != null) {
            text.append(", full validation loss=").append(loss(metrics.fullValidLoss()));
        }
        return text.toString();
    }

    static String checkpoint(int step, String model) {
        return "Checkpoint created at step %d with Snapshot ID: %s".formatted(step, model);
    }

    static String modelCreated(String model) {
        return "New fine-tuned model created: " + model;
    }

    /** Two decimals as Python's {@code "%.2f"} gives them: of the exact binary value, ties to even. */
    private static String loss(double value) {
        return new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
    }
}
