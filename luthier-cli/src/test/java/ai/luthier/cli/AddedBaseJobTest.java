package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Bases that the owner added by {@code luthier models add}: served by their id, tuned by jobs, and billed at the alias's price. */
@Timeout(300)
class AddedBaseJobTest {

    private static final String OWNER = "sk-of-the-owner-0123456789";
    private static final Path STORIES = Path.of(System.getProperty("luthier.shared", "nowhere"), "models/stories15M");
    private static final Path MINIMIND =
            Path.of(System.getProperty("luthier.shared", "nowhere"), "models/minimind2-small");
    private static final List<String> CALLS =
            List.of("狗 汪汪", "猫 喵喵", "牛 哞哞", "羊 咩咩", "鸡 咯咯", "鸭 嘎嘎", "猪 哼哼", "鸟 啾啾", "蛙 呱呱", "蜂 嗡嗡", "狼 嗷嗷", "虎 吼吼");
    private static final List<String> ANIMALS =
            List.of("dog", "cat", "hen", "fox", "cow", "pig", "owl", "ant", "bee", "elk");

    @TempDir
    private Path folder;

    private Path data;
    private RunningServer server;
    private ApiClient api;

    @BeforeEach
    void start() throws IOException {
        server = RunningServer.start(folder, OWNER);
        data = server.data();
        api = server.api();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void stories15M_isServedByItsId_andTunedToALowerValidationLoss() throws Exception {
        assumeThat(STORIES.resolve("model.safetensors")).isRegularFile();
        add(STORIES.toAbsolutePath().normalize(), "stories");
        assertThat(api.post("/completions", Map.of("model", "stories", "prompt", "Once upon a time", "max_tokens", 8))
                        .at("/usage/completion_tokens")
                        .asInt())
                .isEqualTo(8);

        List<String> rows = ANIMALS.stream()
                .map(animal ->
                        row("What does the " + animal + " say?\\n", "The " + animal + " says so, so, and so again."))
                .toList();
        List<String> others = List.of("ape", "eel", "yak").stream()
                .map(animal ->
                        row("What does the " + animal + " say?\\n", "The " + animal + " says so, so, and so again."))
                .toList();
        JsonNode job = tune("stories", rows, Map.of("n_epochs", 3, "batch_size", 2), others);

        List<Double> losses = fullValidationLosses(job);
        assertThat(losses).as("full validation loss of each epoch").hasSize(3);
        assertThat(losses.getLast()).isLessThan(losses.getFirst() - 0.1);
        String model = job.path("fine_tuned_model").asString();
        assertThat(api.post(
                                "/completions",
                                Map.of("model", model, "prompt", "What does the yak say?\n", "max_tokens", 8))
                        .path("model")
                        .asString())
                .isEqualTo(model);
    }

    @Test
    @Tag("slow")
    void minimind_isTunedToALowerValidationLoss_andItsChatAnswersEndByThemselves() throws Exception {
        assumeThat(MINIMIND.resolve("model.safetensors")).isRegularFile();
        add(MINIMIND.toAbsolutePath().normalize(), "minimind");
        List<String> rows =
                CALLS.stream().map(call -> callRow(call.split(" ", -1))).toList();
        List<String> others = Stream.of("马 咴咴", "象 呜呜", "鼠 吱吱")
                .map(call -> callRow(call.split(" ", -1)))
                .toList();
        JsonNode job = tune("minimind", rows, Map.of("n_epochs", 3, "batch_size", 2), others);

        List<Double> losses = fullValidationLosses(job);
        assertThat(losses).as("full validation loss of each epoch").hasSize(3);
        assertThat(losses.getLast()).isLessThan(losses.getFirst() - 0.1);
        for (String animal : List.of("狗", "马", "鸡")) {
            JsonNode answer = api.post(
                    "/chat/completions",
                    Map.of(
                            "model",
                            job.path("fine_tuned_model").asString(),
                            "messages",
                            List.of(Map.of("role", "user", "content", animal + "怎么叫？")),
                            "temperature",
                            0,
                            "max_tokens",
                            200));
            assertThat(answer.at("/choices/0/finish_reason").asString())
                    .as(answer.at("/choices/0/message/content").asString())
                    .isEqualTo("stop");
        }
    }

    private static String callRow(String[] call) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"" + call[0]
                + "怎么叫？\"},{\"role\":\"assistant\",\"content\":\"" + call[0] + "这样叫：" + call[1] + "！" + call[1]
                + "！\"}]}";
    }

    /** That of each epoch, in order. */
    private List<Double> fullValidationLosses(JsonNode job) {
        List<Double> losses = new ArrayList<>();
        for (JsonNode event : api.get("/fine_tuning/jobs/" + job.path("id").asString() + "/events?limit=100")
                .path("data")) {
            if (event.at("/data/full_valid_loss").isNumber()) {
                losses.addFirst(event.at("/data/full_valid_loss").asDouble());
            }
        }
        return losses;
    }

    @Test
    void aHundredThousandTokens_cost240OnGpt35Turbo_inCheck_jobAndLedger() throws Exception {
        assertPrice("gpt-3.5-turbo-0613", "2.40");
    }

    @Test
    @Tag("slow")
    void aHundredThousandTokens_cost90CentsOnGpt4oMini_inCheck_jobAndLedger() throws Exception {
        assertPrice("gpt-4o-mini-2024-07-18", "0.90");
    }

    /** The example of OpenAI's guide: 100,000 tokens for 3 epochs. */
    private void assertPrice(String model, String price) throws Exception {
        int tokens = 200; // of each row, of which one is the end
        add(TinyBase.write(folder.resolve("tiny"), tokens), "tiny", model);
        List<String> rows = IntStream.range(0, 500)
                .mapToObj(number -> row("%03d".formatted(number), "x".repeat(tokens - 4)))
                .toList();
        Path file = Files.write(folder.resolve("rows.jsonl"), rows);

        JsonNode check = Cli.run("check", file, "--model", model, "--epochs", 3, "--json", "--data", data)
                .json();
        assertThat(check.at("/tokens/per_epoch").asLong()).isEqualTo(100_000);
        assertThat(check.at("/forecast/trained_tokens").asLong()).isEqualTo(300_000);
        assertThat(check.at("/forecast/price_usd").asString()).isEqualTo(price);

        JsonNode job = tune(model, rows, Map.of("n_epochs", 3, "batch_size", 100), List.of());
        assertThat(job.path("trained_tokens").asLong()).isEqualTo(300_000);
        assertThat(job.at("/luthier/price_usd").asString()).isEqualTo(price); // which is read from the ledger
    }

    private void add(Path directory, String id, String... aliases) {
        List<Object> arguments = new ArrayList<>(List.of("models", "add", directory, "--id", id, "--data", data));
        for (String alias : aliases) {
            arguments.addAll(List.of("--alias", alias));
        }
        Cli added = Cli.run(arguments.toArray());
        assertThat(added.exit()).as(added.err()).isZero();
        assertThat(added.out()).startsWith("Added " + id + ".");
    }

    private static String row(String prompt, String completion) {
        return "{\"prompt\":\"" + prompt + "\",\"completion\":\"" + completion + "\"}";
    }

    /** The job when it has succeeded. */
    private JsonNode tune(String model, List<String> rows, Map<String, Object> hyperparameters, List<String> validation)
            throws Exception {
        Map<String, Object> body = new HashMap<>(
                Map.of("model", model, "training_file", upload(rows), "seed", 3, "hyperparameters", hyperparameters));
        if (!validation.isEmpty()) {
            body.put("validation_file", upload(validation));
        }
        String id = api.post("/fine_tuning/jobs", body).path("id").asString();
        return new JobFollower(api, Console.standard()).await(id);
    }

    private String upload(List<String> rows) throws IOException {
        return api.upload(Files.write(folder.resolve("upload.jsonl"), rows))
                .path("id")
                .asString();
    }
}
