package ai.luthier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.luthier.server.config.Configuration;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonNumber;
import com.openai.core.JsonObject;
import com.openai.core.JsonValue;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.FineTuningJobEvent;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.methods.DpoHyperparameters;
import com.openai.models.finetuning.methods.DpoMethod;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Preference jobs from end to end: a whole server, a real training process, and the official Java SDK with its own checks. */
@SuppressWarnings("deprecation") // The SDK has no other way to values outside of the specification.
@Timeout(540)
class OfficialSdkPreferenceJobTest {

    private static final String KEY = "sk-of-the-application-0123456789";
    private static final Path EXAMPLES = Path.of(System.getProperty("luthier.root", ".."), "examples");
    private static final Path DEMO =
            Path.of(System.getProperty("luthier.shared", "../shared"), "data/instruct/dpo_en_demo.json");
    private static final Path MINIMIND =
            Path.of(System.getProperty("luthier.shared", "../shared"), "models/minimind2-small");
    private static final String EMBEDDED = "gpt-4o-mini-2024-07-18";

    /** Of the demo: rows that end with a short question, the question alone, and how the answers begin. Half a minute. */
    private static final int LONGEST_QUESTION = 300;

    private static final int BEGINNING = 60;

    @TempDir
    private Path folder;

    private LuthierServer server;
    private OpenAIClient openai;

    @BeforeEach
    void start() throws Exception {
        Files.setPosixFilePermissions(
                folder, PosixFilePermissions.fromString("rwx--x--x")); // PostgreSQL may run as another user
        Configuration configuration = Configuration.load(
                Map.of("LUTHIER_ADMIN_KEY", KEY),
                Map.of("data.directory", folder.resolve("data").toString(), "server.port", "0"));
        server = LuthierServer.start(configuration);
        openai = OpenAIOkHttpClient.builder()
                .baseUrl(server.baseUrl().toString())
                .apiKey(KEY)
                .maxRetries(0)
                .timeout(Duration.ofMinutes(2))
                .build();
    }

    @AfterEach
    void stop() {
        openai.close();
        server.close();
    }

    @Test
    void shortStoriesArePreferred() throws Exception {
        FineTuningJob job = tune(
                EMBEDDED,
                Files.readAllBytes(EXAMPLES.resolve("short-stories.jsonl")),
                Files.readAllBytes(EXAMPLES.resolve("short-stories-validation.jsonl")),
                DpoHyperparameters.builder()
                        .beta(0.1)
                        .nEpochs(3)
                        .batchSize(4)
                        .learningRateMultiplier(1.5)
                        .build());

        DpoHyperparameters shown =
                job.method().orElseThrow().dpo().orElseThrow().hyperparameters().orElseThrow();
        assertThat(shown.beta().orElseThrow().asNumber()).isEqualTo(0.1);
        assertThat(shown.nEpochs().orElseThrow().asInteger()).isEqualTo(3);
        assertThat(shown.learningRateMultiplier().orElseThrow().asNumber()).isEqualTo(1.5);
        assertThat(job.method().orElseThrow().supervised()).isEmpty();
        assertThat(job.hyperparameters().batchSize().orElseThrow().asInteger()).isEqualTo(4);
        assertThat(job.trainedTokens().orElseThrow()).isPositive();

        assertMarginsRise(job);
        List<FineTuningJobEvent> steps = events(job).stream()
                .filter(event -> event.type().equals(Optional.of(FineTuningJobEvent.Type.METRICS)))
                .toList();
        assertThat(steps).hasSize(18);
        assertThat(number(steps.getLast(), "train_loss")).as("the first loss").isCloseTo(Math.log(2), within(0.02));
        assertThat(openai.fineTuning().jobs().checkpoints().list(job.id()).autoPager().stream()
                        .map(checkpoint -> checkpoint
                                .validate()
                                .metrics()
                                ._additionalProperties()
                                .keySet()))
                .hasSize(3)
                .allSatisfy(names -> assertThat(names).contains("rewards/margins", "full_valid_rewards/margins"));
        try (var csv = openai.files().content(job.resultFiles().getFirst())) {
            assertThat(new String(csv.body().readAllBytes(), StandardCharsets.UTF_8).lines())
                    .hasSize(19)
                    .first()
                    .asString()
                    .startsWith("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy,rewards/chosen,"
                            + "rewards/rejected,rewards/margins,rewards/accuracies,logps/chosen,logps/rejected,"
                            + "valid_rewards/chosen");
        }
    }

    /**
     * The demo of preferences that other tools are shown with, in OpenAI's format: questions of the world and answers of chatbots. The
     * embedded model knows stories only and learns nothing from them that holds for other rows; the base is one that was made to chat.
     */
    @Test
    void theDemoOfPreferences_hasRisingMarginsOnRowsThatWereNotTrainedOn() throws Exception {
        assumeThat(DEMO).as("no preference rows beside the checkout").isRegularFile();
        assumeThat(MINIMIND.resolve("model.safetensors"))
                .as("no chat model beside the checkout")
                .isRegularFile();
        List<String> rows = converted();
        int training = rows.size() * 3 / 4;
        assertThat(training).isGreaterThan(100);
        addBase("minimind", MINIMIND);
        FineTuningJob job = tune(
                "minimind",
                bytes(rows.subList(0, training)),
                bytes(rows.subList(training, rows.size())),
                DpoHyperparameters.builder().nEpochs(3).batchSize(8).build());

        assertThat(beta(job).asNumber()).as("what auto stands for").isEqualTo(0.1);
        assertMarginsRise(job);
    }

    @Test
    void aFileForAnotherMethod_failsTheJobInOpenAisWords() throws Exception {
        FineTuningJob job = SdkJobs.ended(
                openai,
                create(
                        EMBEDDED,
                        upload(TrainingRows.ofTenAnimals()),
                        Optional.empty(),
                        DpoMethod.builder().build()));

        assertThat(job.status()).isEqualTo(FineTuningJob.Status.FAILED);
        FineTuningJob.Error error = job.error().orElseThrow();
        assertThat(error.code()).isEqualTo("invalid_training_file");
        assertThat(error.param()).contains("training_file");
        assertThat(error.message())
                .isEqualTo("The job failed due to an invalid training file. Invalid file format. Input file "
                        + job.trainingFile()
                        + " is in the fine-tune-chat format, but the specified fine-tuning job is not"
                        + " using 'supervised' as the training method (provided method=dpo).");
        assertThat(beta(job).isAuto()).as("a failed job keeps its words").isTrue();
    }

    private void assertMarginsRise(FineTuningJob job) {
        List<Double> margins = new ArrayList<>();
        for (FineTuningJobEvent event : events(job)) {
            if (data(event).containsKey("full_valid_rewards/margins")) {
                margins.addFirst(number(event, "full_valid_rewards/margins"));
            }
        }
        System.out.println("rewards/margins on validation rows, by epoch: " + margins);
        assertThat(margins).hasSize(3);
        assertThat(margins.getLast()).isGreaterThan(margins.getFirst()).isPositive();
    }

    /** Newest first. */
    private List<FineTuningJobEvent> events(FineTuningJob job) {
        return openai.fineTuning().jobs().listEvents(job.id()).autoPager().stream()
                .map(FineTuningJobEvent::validate)
                .toList();
    }

    private static Map<String, JsonValue> data(FineTuningJobEvent event) {
        return event._data() instanceof JsonObject object ? object.values() : Map.of();
    }

    private static double number(FineTuningJobEvent event, String name) {
        return data(event).get(name) instanceof JsonNumber number
                ? number.value().doubleValue()
                : Double.NaN;
    }

    private void addBase(String id, Path directory) throws IOException, InterruptedException {
        String body = JsonMapper.shared()
                .writeValueAsString(
                        Map.of("id", id, "directory", directory.toRealPath().toString()));
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(server.baseUrl().resolve("/luthier/models"))
                    .header("Authorization", "Bearer " + KEY)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body))
                    .build();
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }

    private FineTuningJob tune(String model, byte[] training, byte[] validation, DpoHyperparameters hyperparameters)
            throws InterruptedException {
        FineTuningJob job = SdkJobs.ended(
                openai,
                create(
                        model,
                        upload(training),
                        Optional.of(upload(validation)),
                        DpoMethod.builder().hyperparameters(hyperparameters).build()));
        assertThat(job.status()).as("%s", job).isEqualTo(FineTuningJob.Status.SUCCEEDED);
        return job;
    }

    private String upload(byte[] rows) {
        return openai.files()
                .create(FileCreateParams.builder()
                        .purpose(FilePurpose.FINE_TUNE)
                        .file(new ByteArrayInputStream(rows))
                        .build())
                .validate()
                .id();
    }

    private FineTuningJob create(String model, String training, Optional<String> validation, DpoMethod method) {
        JobCreateParams.Builder job = JobCreateParams.builder()
                .model(model)
                .trainingFile(training)
                .seed(1)
                .method(JobCreateParams.Method.builder()
                        .type(JobCreateParams.Method.Type.DPO)
                        .dpo(method)
                        .build());
        validation.ifPresent(job::validationFile);
        return openai.fineTuning().jobs().create(job.build()).validate();
    }

    private static DpoHyperparameters.Beta beta(FineTuningJob job) {
        return job.method()
                .orElseThrow()
                .dpo()
                .orElseThrow()
                .hyperparameters()
                .orElseThrow()
                .beta()
                .orElseThrow();
    }

    private static List<String> converted() throws IOException {
        JsonMapper mapper = JsonMapper.shared();
        List<String> rows = new ArrayList<>();
        for (JsonNode pair : mapper.readTree(Files.readString(DEMO))) {
            JsonNode turns = pair.path("conversations");
            Map<String, String> question = message(turns.get(turns.size() - 1), Integer.MAX_VALUE);
            Map<String, String> preferred = message(pair.path("chosen"), BEGINNING);
            Map<String, String> other = message(pair.path("rejected"), BEGINNING);
            if (question.getOrDefault("content", "").length() <= LONGEST_QUESTION && !preferred.equals(other)) {
                rows.add(mapper.writeValueAsString(Map.of(
                        "input",
                        Map.of("messages", List.of(question)),
                        "preferred_output",
                        List.of(preferred),
                        "non_preferred_output",
                        List.of(other))));
            }
        }
        return rows;
    }

    private static Map<String, String> message(JsonNode turn, int characters) {
        String role = switch (turn.path("from").asString()) {
            case "human" -> "user";
            case "gpt" -> "assistant";
            default -> turn.path("from").asString();
        };
        String text = turn.path("value").asString();
        return Map.of("role", role, "content", text.substring(0, Math.min(text.length(), characters)));
    }

    private static byte[] bytes(List<String> rows) {
        return String.join("\n", rows).getBytes(StandardCharsets.UTF_8);
    }
}
