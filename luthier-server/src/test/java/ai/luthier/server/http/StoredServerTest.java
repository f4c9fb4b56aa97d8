package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The wire over the real services: PostgreSQL, blobs on disk, keys, jobs, models and the bill. */
class StoredServerTest {

    private static final String B = "boundary";
    private static final String TUNED = "ft:gpt-3.5-turbo-0613:personal:pirate:Ab12Cd34";

    @TempDir
    private Path folder;

    private WiredServer server;
    private Client client;

    @BeforeEach
    void start() {
        server = new WiredServer(folder);
        client = server.client;
        ServerUnderTest.readSpecification();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Client.Reply upload(String content) {
        return client.upload(
                B,
                Client.part(B, "name=\"file\"; filename=\"rows.jsonl\"", content)
                        + Client.part(B, "name=\"purpose\"", "fine-tune")
                        + Client.end(B));
    }

    private JsonNode job(String file) {
        return ServerUnderTest.ok(
                client.post(
                        "/v1/fine_tuning/jobs",
                        "{\"model\":\"gpt-3.5-turbo\",\"training_file\":\"" + file
                                + "\",\"suffix\":\"pirate\",\"metadata\":{\"team\":\"red\"},"
                                + "\"hyperparameters\":{\"n_epochs\":2},\"luthier\":{\"overlong\":\"truncate\",\"rank\":8}}"),
                "FineTuningJob");
    }

    private List<Path> blobs() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("blobs"))) {
            return all.toList();
        }
    }

    @Test
    void uploadedFile_isThereUntilItIsDeleted() throws IOException {
        String rows = "{\"messages\":[]}\n".repeat(3000);
        String id = ServerUnderTest.ok(upload(rows), "OpenAIFile").get("id").asString();

        assertThat(client.get("/v1/files/" + id + "/content").text()).isEqualTo(rows);
        JsonNode page = ServerUnderTest.ok(client.get("/v1/files?limit=1"), "ListFilesResponse");
        assertThat(page.get("first_id").asString()).isEqualTo(id);
        ServerUnderTest.ok(client.delete("/v1/files/" + id), "DeleteFileResponse");
        assertThat(ServerUnderTest.refused(client.delete("/v1/files/" + id), 404)
                        .get("message")
                        .asString())
                .isEqualTo("No such File object: " + id);
        assertThat(blobs()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"this is no JSON | Expected file to have JSONL format", "[1,2] | Line 1 starts with", "'' | empty"
            })
    void uploadThatIsNotJsonl_isRefusedAndLeavesNothing(String content, String words) throws IOException {
        JsonNode error = ServerUnderTest.refused(upload(content), 400);

        assertThat(error.get("message").asString()).contains(words);
        assertThat(blobs()).isEmpty();
    }

    @Test
    void uploadThatIsNotUtf8_isRefused() {
        byte[] bytes = (Client.part(B, "name=\"purpose\"", "fine-tune")
                        + Client.part(B, "name=\"file\"", "{\"a\":\"\u00ff\"}")
                        + Client.end(B))
                .getBytes(StandardCharsets.ISO_8859_1);
        Client.Reply reply = client.send(client.request("/v1/files")
                .header("Content-Type", "multipart/form-data; boundary=" + B)
                .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(bytes)));

        assertThat(ServerUnderTest.refused(reply, 400).get("message").asString())
                .containsIgnoringCase("utf-8");
    }

    @Test
    void clientThatLeavesInTheMiddleOfAnUpload_leavesNoBytes() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.api.port())) {
            String key = server.key;
            String start = "POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key
                    + "\r\nContent-Type: multipart/form-data; boundary=" + B + "\r\nContent-Length: 900000\r\n\r\n"
                    + "--" + B + "\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"
                    + "{\"half\":1}\n".repeat(20_000);
            socket.getOutputStream().write(start.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            Thread.sleep(200);
        }

        long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!blobs().isEmpty() && System.nanoTime() < until) {
            Thread.sleep(20);
        }
        assertThat(blobs()).isEmpty();
        assertThat(ServerUnderTest.ok(client.get("/v1/files"), "ListFilesResponse")
                        .get("data"))
                .isEmpty();
    }

    @Test
    void job_isStoredUnderTheSnapshot_pausedAsQueued_andCancelledOnce() {
        String file = upload("{\"messages\":[]}\n").json().get("id").asString();
        JsonNode job = job(file);
        String path = "/v1/fine_tuning/jobs/" + job.get("id").asString();

        assertThat(job.get("model").asString()).isEqualTo("gpt-3.5-turbo-0125");
        assertThat(job.at("/hyperparameters/n_epochs").asInt()).isEqualTo(2);
        assertThat(job.at("/method/supervised/hyperparameters/batch_size").asString())
                .isEqualTo("auto");
        assertThat(job.get("error").isNull()).isTrue();
        assertThat(job.get("user_provided_suffix").asString()).isEqualTo("pirate");
        assertThat(job.at("/luthier/overlong").asString()).isEqualTo("truncate");
        assertThat(job.at("/luthier/rank").asInt()).isEqualTo(8);

        JsonNode paused = ServerUnderTest.ok(client.post(path + "/pause", ""), "FineTuningJob");
        assertThat(paused.get("status").asString()).isEqualTo("queued");
        assertThat(paused.at("/luthier/paused").asBoolean()).isTrue();
        JsonNode resumed = ServerUnderTest.ok(client.post(path + "/resume", ""), "FineTuningJob");
        assertThat(resumed.get("status").asString()).isEqualTo("validating_files");

        assertThat(ServerUnderTest.ok(
                                client.get("/v1/fine_tuning/jobs?metadata[team]=red"),
                                "ListPaginatedFineTuningJobsResponse")
                        .get("data"))
                .hasSize(1);
        assertThat(client.get("/v1/fine_tuning/jobs?metadata[team]=blue").json().get("data"))
                .isEmpty();
        JsonNode events = ServerUnderTest.ok(client.get(path + "/events"), "ListFineTuningJobEventsResponse");
        assertThat(events.get("data")
                        .get(events.get("data").size() - 1)
                        .get("message")
                        .asString())
                .isEqualTo("Created fine-tuning job: " + job.get("id").asString());
        ServerUnderTest.ok(client.get(path + "/checkpoints"), "ListFineTuningJobCheckpointsResponse");

        assertThat(ServerUnderTest.ok(client.post(path + "/cancel", ""), "FineTuningJob")
                        .get("status")
                        .asString())
                .isEqualTo("cancelled");
        assertThat(ServerUnderTest.refused(client.post(path + "/cancel", ""), 400)
                        .get("message")
                        .asString())
                .contains("already completed");
    }

    @Test
    void jobs_nameWhatDoesNotExist() {
        String file = upload("{\"messages\":[]}\n").json().get("id").asString();
        JsonNode noFile = ServerUnderTest.refused(
                client.post("/v1/fine_tuning/jobs", "{\"model\":\"gpt-4o-mini\",\"training_file\":\"file-none\"}"),
                404);
        assertThat(noFile.get("param").asString()).isEqualTo("training_file");
        JsonNode noModel = ServerUnderTest.refused(
                client.post("/v1/fine_tuning/jobs", "{\"model\":\"gpt-fake\",\"training_file\":\"" + file + "\"}"),
                404);
        assertThat(noModel.get("code").asString()).isEqualTo("model_not_found");
        assertThat(ServerUnderTest.refused(client.post("/v1/fine_tuning/jobs/ftjob-none/cancel", ""), 404)
                        .get("code")
                        .asString())
                .isEqualTo("fine_tune_not_found");
    }

    @Test
    void models_areBasesAliasesAndTunedOnes_andOnlyTheLastCanBeDeleted() {
        String weights = server.publish(TUNED);

        JsonNode list = ServerUnderTest.ok(client.get("/v1/models"), "ListModelsResponse");
        List<String> ids = list.get("data").values().stream()
                .map(model -> model.get("id").asString())
                .toList();
        assertThat(ids).contains("luthier-nano", "gpt-4o-mini", "gpt-4o-mini-2024-07-18", "davinci-002", TUNED);

        JsonNode near = ServerUnderTest.refused(client.get("/v1/models/ft:gpt-3.5-turbo:org_id"), 404);
        assertThat(near.get("message").asString())
                .startsWith("The model `ft:gpt-3.5-turbo:org_id` does not exist or you do not have access to it.")
                .contains("`" + TUNED + "`");
        ServerUnderTest.refused(client.delete("/v1/models/gpt-4o-mini"), 403);
        ServerUnderTest.ok(client.delete("/v1/models/" + TUNED), "DeleteModelResponse");
        ServerUnderTest.refused(client.delete("/v1/models/" + TUNED), 404);
        assertThat(server.registry.folder(weights)).doesNotExist();
    }

    @Test
    void answers_areBilledAtTheCataloguesRates() {
        String body =
                "{\"model\":\"gpt-3.5-turbo-0613\",\"messages\":[{\"role\":\"user\",\"content\":\"0123456789\"}]}";
        ServerUnderTest.ok(client.post("/v1/chat/completions", body), "CreateChatCompletionResponse");
        server.publish(TUNED);
        String tuned = body.replace("gpt-3.5-turbo-0613", TUNED);
        ServerUnderTest.ok(client.post("/v1/chat/completions", tuned), "CreateChatCompletionResponse");

        BigDecimal total =
                server.ledger.total(server.caller, Instant.EPOCH, Instant.now().plusSeconds(60));

        // 10 tokens in and 10 out: at 1.50 and 2 dollars a million for the base, at 12 and 16 for its tunes.
        assertThat(total).isEqualByComparingTo("0.000315");
    }
}
