package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.FineTuningJobEvent;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.jobs.checkpoints.FineTuningJobCheckpoint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official Java SDK, unmodified, along the whole path of a user; every answer passes the SDK's own {@code validate()}.
 *
 * <p>The services are the real ones. What a training process would report is reported by the test, so that this says something about
 * the wire alone and takes seconds.
 */
class OfficialJavaSdkTest {

    private static final byte[] ROWS = "{\"messages\":[]}\n".repeat(10).getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private WiredServer server;
    private OpenAIClient openai;

    @BeforeEach
    void start() {
        server = new WiredServer(folder);
        openai = OpenAIOkHttpClient.builder()
                .baseUrl(server.api.address().toString())
                .apiKey(server.key)
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void stop() {
        openai.close();
        server.close();
    }

    @Test
    void uploadToDelete_everyAnswerValidates() throws IOException {
        String file = uploadWithoutFilename();
        FineTuningJob job = create(file);
        assertThat(server.train()).isTrue();

        FineTuningJob done = openai.fineTuning().jobs().retrieve(job.id()).validate();
        assertThat(done.status()).isEqualTo(FineTuningJob.Status.SUCCEEDED);
        assertThat(done.trainedTokens()).hasValue(300L);
        String model = done.fineTunedModel().orElseThrow();
        assertThat(model).startsWith("ft:gpt-3.5-turbo-0613:personal:sdk:");

        assertThat(done.hyperparameters().nEpochs().orElseThrow().asInteger()).isEqualTo(3);
        assertThat(events(job.id()))
                .contains("Fine-tuning job started", "Step 2/3: training loss=0.75, validation loss=0.31")
                .first()
                .isEqualTo("The job has successfully completed");
        checkpoints(job.id(), model);
        results(done.resultFiles().getFirst());
        chat(model);
        stream(model);
        delete(model, file);
    }

    /** An upload from a stream: the SDK sends no filename then. */
    private String uploadWithoutFilename() {
        var uploaded = openai.files()
                .create(FileCreateParams.builder()
                        .purpose(FilePurpose.FINE_TUNE)
                        .file(new ByteArrayInputStream(ROWS))
                        .build())
                .validate();
        assertThat(uploaded.bytes()).isEqualTo(ROWS.length);
        assertThat(openai.files().retrieve(uploaded.id()).validate()).isEqualTo(uploaded);
        assertThat(openai.files().list().autoPager().stream()
                        .map(found -> found.validate().id()))
                .containsExactly(uploaded.id());
        return uploaded.id();
    }

    private FineTuningJob create(String file) {
        FineTuningJob job = openai.fineTuning()
                .jobs()
                .create(JobCreateParams.builder()
                        .model("gpt-3.5-turbo-0613")
                        .trainingFile(file)
                        .suffix("sdk")
                        .build())
                .validate();
        assertThat(job.status()).isEqualTo(FineTuningJob.Status.VALIDATING_FILES);
        assertThat(openai.fineTuning().jobs().pause(job.id()).validate().status())
                .isEqualTo(FineTuningJob.Status.QUEUED);
        openai.fineTuning().jobs().resume(job.id()).validate();
        assertThat(openai.fineTuning().jobs().list().autoPager().stream()
                        .map(one -> one.validate().id()))
                .containsExactly(job.id());
        return job;
    }

    private List<String> events(String job) {
        return openai.fineTuning().jobs().listEvents(job).autoPager().stream()
                .map(event -> event.validate())
                .map(FineTuningJobEvent::message)
                .toList();
    }

    private void checkpoints(String job, String model) {
        List<FineTuningJobCheckpoint> found = openai.fineTuning().jobs().checkpoints().list(job).autoPager().stream()
                .map(FineTuningJobCheckpoint::validate)
                .toList();
        assertThat(found).extracting(FineTuningJobCheckpoint::stepNumber).containsExactly(3L, 1L);
        assertThat(found.getFirst().fineTunedModelCheckpoint()).isEqualTo(model);
        assertThat(found.getLast().fineTunedModelCheckpoint()).endsWith(":ckpt-step-1");
    }

    private void results(String id) throws IOException {
        assertThat(openai.files().retrieve(id).validate().filename()).isEqualTo("step_metrics.csv");
        try (var content = openai.files().content(id)) {
            assertThat(new String(content.body().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,1.5");
        }
    }

    private static ChatCompletionCreateParams.Builder question(String model) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .addSystemMessage("You say everything again.")
                .addUserMessage("hello")
                .maxCompletionTokens(20);
    }

    private void chat(String model) {
        ChatCompletion answer =
                openai.chat().completions().create(question(model).n(2).build()).validate();

        assertThat(answer.model()).isEqualTo(model);
        assertThat(answer.choices()).hasSize(2);
        assertThat(answer.choices().getFirst().message().content()).hasValue("hello");
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(10);
    }

    private void stream(String model) {
        StringBuilder text = new StringBuilder();
        ChatCompletionCreateParams params = question(model)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        long[] tokens = {0};
        try (StreamResponse<ChatCompletionChunk> chunks =
                openai.chat().completions().createStreaming(params)) {
            chunks.stream().map(ChatCompletionChunk::validate).forEach(chunk -> {
                chunk.choices().forEach(choice -> choice.delta().content().ifPresent(text::append));
                chunk.usage().ifPresent(usage -> tokens[0] = usage.completionTokens());
            });
        }
        assertThat(text).hasToString("hello");
        assertThat(tokens[0]).isEqualTo(5);
    }

    private void delete(String model, String file) {
        assertThat(openai.models().list().autoPager().stream()
                        .map(found -> found.validate().id()))
                .contains(model, "gpt-3.5-turbo-0613");
        assertThat(openai.models().retrieve(model).validate().ownedBy()).isEqualTo("personal");
        assertThat(openai.models().delete(model).validate().deleted()).isTrue();
        assertThat(openai.files().delete(file).validate().deleted()).isTrue();
        assertThatThrownBy(() -> openai.models().retrieve(model))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("does not exist");
    }
}
