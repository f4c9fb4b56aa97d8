package ai.luthier.server;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.server.config.Configuration;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.FineTuningJobEvent;
import com.openai.models.finetuning.jobs.JobCreateParams;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server, the embedded base, a real training process, and the official Java SDK: every answer passes the SDK's own checks. */
@SuppressWarnings("deprecation") // Applications send the older fields still, and they have to work.
class OfficialSdkJobTest {

    private static final String KEY = "sk-of-the-application-0123456789";

    @TempDir
    private Path folder;

    @Test
    void jobTrainsInItsOwnProcess_andItsModelAnswersAtOnce() throws Exception {
        Files.setPosixFilePermissions(
                folder, PosixFilePermissions.fromString("rwx--x--x")); // PostgreSQL may run as another user
        Path data = folder.resolve("data");
        Configuration configuration = Configuration.load(
                Map.of("LUTHIER_ADMIN_KEY", KEY), Map.of("data.directory", data.toString(), "server.port", "0"));

        try (LuthierServer server = LuthierServer.start(configuration)) {
            OpenAIClient openai = OpenAIOkHttpClient.builder()
                    .baseUrl(server.baseUrl().toString())
                    .apiKey(KEY)
                    .maxRetries(0)
                    .timeout(Duration.ofMinutes(2))
                    .build();
            FineTuningJob job =
                    tune(openai, "gpt-3.5-turbo-0613", Map.of("method", "rslora", "lora_plus_ratio", 2, "rank", 8));
            assertThat(String.valueOf(job._additionalProperties().get("luthier")))
                    .endsWith(", lora_plus_ratio=2, method=rslora, rank=8}");
            String model = job.fineTunedModel().orElseThrow();

            assertThat(openai.fineTuning().jobs().listEvents(job.id()).autoPager().stream()
                            .map(event -> event.validate())
                            .map(FineTuningJobEvent::message))
                    .contains("Fine-tuning job started", "New fine-tuned model created: " + model);
            assertThat(openai.fineTuning().jobs().checkpoints().list(job.id()).autoPager().stream()
                            .map(checkpoint -> checkpoint.validate().stepNumber()))
                    .containsExactly(20L, 10L);
            try (var csv = openai.files().content(job.resultFiles().getFirst())) {
                assertThat(new String(csv.body().readAllBytes(), StandardCharsets.UTF_8).lines())
                        .hasSize(21);
            }
            ask(openai, model);
            trainWeights(openai);
            assertThat(openai.models().delete(model).validate().deleted()).isTrue();
            openai.close();
        }
    }

    /** The last layers instead of an adapter: served at once, and gone on from by the same method without being told so. */
    private static void trainWeights(OpenAIClient openai) throws InterruptedException {
        String weights = tune(openai, "gpt-3.5-turbo-0613", Map.of("method", "last_layers", "last_layers", 2))
                .fineTunedModel()
                .orElseThrow();
        ask(openai, weights);
        String further = tune(openai, weights, Map.of()).fineTunedModel().orElseThrow();
        ask(openai, further);
        FineTuningJob refused = run(openai, weights, Map.of("method", "lora"));
        assertThat(refused.status()).isEqualTo(FineTuningJob.Status.FAILED);
        assertThat(refused.error().orElseThrow().param()).hasValue("luthier.method");
    }

    private static FineTuningJob tune(OpenAIClient openai, String model, Map<String, Object> luthier)
            throws InterruptedException {
        FineTuningJob job = run(openai, model, luthier);
        assertThat(job.status()).as("%s", job).isEqualTo(FineTuningJob.Status.SUCCEEDED);
        return job;
    }

    private static FineTuningJob run(OpenAIClient openai, String model, Map<String, Object> luthier)
            throws InterruptedException {
        var file = openai.files()
                .create(FileCreateParams.builder()
                        .purpose(FilePurpose.FINE_TUNE)
                        .file(new ByteArrayInputStream(TrainingRows.ofTenAnimals()))
                        .build())
                .validate();
        FineTuningJob job = openai.fineTuning()
                .jobs()
                .create(JobCreateParams.builder()
                        .model(model)
                        .trainingFile(file.id())
                        .seed(1)
                        .putAdditionalBodyProperty("luthier", JsonValue.from(luthier))
                        .hyperparameters(JobCreateParams.Hyperparameters.builder()
                                .nEpochs(2)
                                .build())
                        .build())
                .validate();
        return SdkJobs.ended(openai, job);
    }

    /** The whole answer and the streamed one are the same text, for they have the same seed. */
    private static void ask(OpenAIClient openai, String model) {
        ChatCompletionCreateParams question = ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessage("Tell me of a dog.")
                .maxCompletionTokens(24)
                .temperature(0.7)
                .seed(5)
                .build();
        var answer = openai.chat().completions().create(question).validate();
        StringBuilder streamed = new StringBuilder();
        try (StreamResponse<ChatCompletionChunk> chunks =
                openai.chat().completions().createStreaming(question)) {
            chunks.stream()
                    .map(ChatCompletionChunk::validate)
                    .flatMap(chunk -> chunk.choices().stream())
                    .forEach(choice -> choice.delta().content().ifPresent(streamed::append));
        }
        assertThat(streamed.toString())
                .isNotBlank()
                .isEqualTo(answer.choices().getFirst().message().content().orElseThrow());
    }
}
