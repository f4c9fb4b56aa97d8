package ai.luthier.server;

import com.openai.client.OpenAIClient;
import com.openai.models.finetuning.jobs.FineTuningJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Jobs as a user of the official SDK sees them. */
final class SdkJobs {

    private static final List<FineTuningJob.Status> ENDS =
            List.of(FineTuningJob.Status.SUCCEEDED, FineTuningJob.Status.FAILED, FineTuningJob.Status.CANCELLED);

    private SdkJobs() {}

    /** The job once it has ended, or as it is after eight minutes. */
    static FineTuningJob ended(OpenAIClient openai, FineTuningJob job) throws InterruptedException {
        Instant until = Instant.now().plus(Duration.ofMinutes(8));
        FineTuningJob seen = job;
        while (!ENDS.contains(seen.status()) && Instant.now().isBefore(until)) {
            Thread.sleep(200);
            seen = openai.fineTuning().jobs().retrieve(job.id()).validate();
        }
        return seen;
    }
}
