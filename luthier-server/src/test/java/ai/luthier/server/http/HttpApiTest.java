package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Files, jobs, models, keys and everything a client can send wrongly, against a server on the loopback interface. */
class HttpApiTest extends ServerUnderTest {

    private static final String B = "xYzBoundary";
    private static final String ROWS = "{\"messages\":[]}\n";

    private String uploaded() {
        String form = Client.part(B, "name=\"purpose\"", "fine-tune")
                + Client.part(B, "name=\"file\"; filename=\"rows.jsonl\"", ROWS)
                + Client.end(B);
        return ok(client.upload(B, form), "OpenAIFile").get("id").asString();
    }

    @Test
    void files_goInListedReadAndOut() {
        String id = uploaded();

        JsonNode file = ok(client.get("/v1/files/" + id), "OpenAIFile");
        assertThat(file.get("filename").asString()).isEqualTo("rows.jsonl");
        assertThat(file.get("bytes").asInt()).isEqualTo(ROWS.length());
        assertThat(ok(client.get("/v1/files?purpose=fine-tune&limit=1&order=asc"), "ListFilesResponse")
                        .at("/data/0/id")
                        .asString())
                .isEqualTo(id);
        assertThat(ok(client.get("/v1/files?limit=0"), "ListFilesResponse").get("data"))
                .isEmpty();
        assertThat(client.get("/v1/files/" + id + "/content").text()).isEqualTo(ROWS);
        assertThat(ok(client.delete("/v1/files/" + id), "DeleteFileResponse")
                        .get("deleted")
                        .asBoolean())
                .isTrue();
        JsonNode gone = refused(client.get("/v1/files/" + id), 404);
        assertThat(gone.get("message").asString()).isEqualTo("No such File object: " + id);
        assertThat(gone.get("param").asString()).isEqualTo("id");
    }

    @Test
    void upload_takesAFileWithoutFilename_andAPurposeAfterTheFile() {
        String form = Client.part(B, "name=\"file\"", ROWS)
                + Client.part(B, "name=\"expires_after[anchor]\"", "created_at")
                + Client.part(B, "name=\"expires_after[seconds]\"", "3600")
                + Client.part(B, "name=\"purpose\"", "fine-tune")
                + Client.end(B);

        JsonNode file = ok(client.upload(B, form), "OpenAIFile");

        assertThat(file.get("filename").asString()).isEqualTo("file");
        assertThat(file.get("expires_at").asLong() - file.get("created_at").asLong())
                .isEqualTo(3600);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name=\"purpose\" | fine-tunes | purpose",
                "name=\"colour\" | red | Unrecognized request argument supplied: colour",
                "name=\"expires_after[seconds]\" | 3600 | expires_after[anchor]",
            })
    void upload_refusesBadForms_andKeepsNothing(String disposition, String content, String words) {
        String form = Client.part(B, "name=\"file\"; filename=\"a\"", ROWS)
                + Client.part(B, disposition, content)
                + (disposition.contains("purpose") ? "" : Client.part(B, "name=\"purpose\"", "fine-tune"))
                + Client.end(B);

        JsonNode error = refused(client.upload(B, form), 400);

        assertThat(error.toString()).contains(words);
        assertThat(memory.files).isEmpty();
    }

    @Test
    void upload_refusesWhatIsNoFormOrIncompleteOrTooLarge() {
        assertThat(refused(client.post("/v1/files", "{}"), 400).get("message").asString())
                .contains("multipart/form-data");
        assertThat(refused(client.upload(B, Client.part(B, "name=\"purpose\"", "fine-tune") + Client.end(B)), 400)
                        .get("message")
                        .asString())
                .isEqualTo("Missing required parameter: 'file'.");
        assertThat(refused(client.upload(B, Client.part(B, "name=\"file\"", ROWS) + Client.end(B)), 400)
                        .get("message")
                        .asString())
                .isEqualTo("Missing required parameter: 'purpose'.");
        assertThat(refused(client.upload(B, Client.part(B, "name=\"file\"", ROWS)), 400)
                        .get("message")
                        .asString())
                .contains("ended before");
        String large = Client.part(B, "name=\"purpose\"", "fine-tune")
                + Client.part(B, "name=\"file\"", "x".repeat(UPLOAD_LIMIT + 1))
                + Client.end(B);
        assertThat(refused(client.upload(B, large), 413).get("param").asString())
                .isEqualTo("file");
        assertThat(memory.files).isEmpty();
    }

    @Test
    void upload_brokenOffByTheClient_leavesNothing_andTheServerGoesOn() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            String start = "POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + MemoryBackend.KEY
                    + "\r\nContent-Type: multipart/form-data; boundary=" + B + "\r\nContent-Length: 1000000\r\n\r\n"
                    + Client.part(B, "name=\"purpose\"", "fine-tune")
                    + "--" + B + "\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n{\"half\":";
            socket.getOutputStream().write(start.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
        }

        assertThat(client.get("/health").status()).isEqualTo(200);
        assertThat(memory.files).isEmpty();
    }

    @Test
    void jobs_areCreatedListedAndAsked() {
        String file = uploaded();
        JsonNode job = ok(
                client.post(
                        "/v1/fine_tuning/jobs",
                        "{\"model\":\"gpt-3.5-turbo-0613\",\"training_file\":\"" + file + "\",\"suffix\":\"s\"}"),
                "FineTuningJob");
        String path = "/v1/fine_tuning/jobs/" + job.get("id").asString();

        assertThat(job.get("user_provided_suffix").asString()).isEqualTo("s");
        ok(client.get(path), "FineTuningJob");
        ok(client.get("/v1/fine_tuning/jobs?limit=0&metadata[a]=b"), "ListPaginatedFineTuningJobsResponse");
        ok(client.get(path + "/events"), "ListFineTuningJobEventsResponse");
        ok(client.get(path + "/checkpoints?limit=0"), "ListFineTuningJobCheckpointsResponse");
        for (String action : List.of("cancel", "pause", "resume")) {
            ok(client.post(path + "/" + action, ""), "FineTuningJob");
        }
        JsonNode gone = refused(client.get("/v1/fine_tuning/jobs/ftjob-9"), 404);
        assertThat(gone.get("code").asString()).isEqualTo("fine_tune_not_found");
        assertThat(gone.get("param").asString()).isEqualTo("fine_tune_id");
    }

    @Test
    void models_takeRawColonsInTheirPath() {
        ok(client.get("/v1/models"), "ListModelsResponse");
        ok(client.get("/v1/models/gpt-3.5-turbo-0613"), "Model");
        String tuned = "ft:gpt-3.5-turbo-0613:org:suffix:abc12345:ckpt-step-3";
        assertThat(ok(client.get("/v1/models/" + tuned), "Model").get("id").asString())
                .isEqualTo(tuned);
        assertThat(ok(client.get("/v1/models/" + tuned.replace(":", "%3A")), "Model")
                        .get("id")
                        .asString())
                .isEqualTo(tuned);
        ok(client.delete("/v1/models/" + tuned), "DeleteModelResponse");
        assertThat(refused(client.get("/v1/models/owner/name"), 404)
                        .get("message")
                        .asString())
                .isEqualTo("The model `owner/name` does not exist or you do not have access to it.");
    }

    @Test
    void keys_areAskedFor() {
        JsonNode error = refused(new Client(api.port(), "sk-wrong").get("/v1/models"), 401);
        assertThat(error.get("code").asString()).isEqualTo("invalid_api_key");
        assertThat(refused(client.send(HttpRequest.newBuilder(URI.create(api.address() + "/models"))), 401)
                        .get("message")
                        .asString())
                .startsWith("You didn't provide an API key.");
    }

    @Test
    void unknownUrlsAndMethods_areAnsweredInOpenAisForm() {
        JsonNode unknown = refused(client.get("/v1/nothing"), 404);
        assertThat(unknown.get("message").asString()).startsWith("Invalid URL (GET /v1/nothing)");
        assertThat(unknown.get("code").asString()).isEqualTo("unknown_url");
        assertThat(refused(client.delete("/v1/files"), 405).get("message").asString())
                .startsWith("Not allowed to DELETE on /v1/files");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/files?limit=x", "/v1/files?limit=-1", "/v1/files?order=up", "/v1/files?purpose=p"})
    void badQueries_are400(String path) {
        assertThat(refused(client.get(path), 400).get("param").isNull()).isFalse();
    }

    @Test
    void limits_areBoundedWhereOpenAiBoundsThem_andCutWhereItDoesNot() {
        assertThat(client.get("/v1/files?limit=10000").status()).isEqualTo(200);
        JsonNode above = refused(client.get("/v1/files?limit=10001"), 400);
        assertThat(above.get("message").asString())
                .isEqualTo(
                        "Invalid 'limit': integer above maximum value. Expected a value <= 10000, but got 10001 instead.");
        assertThat(above.get("code").asString()).isEqualTo("integer_above_max_value");
        assertThat(refused(client.get("/v1/files?limit=-1"), 400).get("code").asString())
                .isEqualTo("integer_below_min_value");
        assertThat(refused(client.get("/v1/files?limit=99999999999999999999"), 400)
                        .get("code")
                        .asString())
                .isEqualTo("integer_above_max_value");
        assertThat(client.get("/v1/fine_tuning/jobs?limit=99999999999999999999").status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'model': 'a', 'messages': [], 'model': 'b'} | line 1, column 39: the key 'model' is there twice.",
                "{'model': 'a', 'tools': [{'x': {'y': 1, 'y': 2}}]} | the key 'y' is there twice.",
                "{'model': 'a | it ends in the middle",
                "{'model': [1 | it ends in the middle",
                "{/* a */ 'model': 1} | there is a comment; JSON has none.",
            })
    void jsonThatIsNone_isRefusedInWordsOfThePersonWhoWroteIt(String body, String words) {
        JsonNode error = refused(client.post("/v1/chat/completions", body.replace('\'', '"')), 400);

        assertThat(error.get("message").asString())
                .startsWith("We could not parse the JSON body of your request: ")
                .contains(words)
                .doesNotContain("Feature", "REDACTED");
    }

    @Test
    void jsonInUtf16_isRefused() {
        Client.Reply reply = client.send(client.request("/v1/chat/completions")
                .POST(HttpRequest.BodyPublishers.ofByteArray("{}".getBytes(StandardCharsets.UTF_16))));

        assertThat(refused(reply, 400).get("message").asString()).contains("UTF-8");
    }

    /** Writes all of a body before it reads, as most clients do; a reset connection would be an exception here. */
    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/files", "/v1/nothing", "no key"})
    void bodyThatIsNotRead_doesNotCostTheAnswer(String path) throws Exception {
        boolean key = path.startsWith("/");
        int length = 24 << 20; // More than the buffers of both ends of a connection hold.
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.setSoTimeout(20_000);
            String head = "POST " + (key ? path : "/v1/files")
                    + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                    + (key ? MemoryBackend.KEY : "sk-wrong") + "\r\nContent-Type: multipart/form-data; boundary=" + B
                    + "\r\nContent-Length: " + length + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            byte[] megabyte = new byte[1 << 20];
            for (int i = 0; i < length / megabyte.length; i++) {
                socket.getOutputStream().write(megabyte);
            }
            socket.getOutputStream().flush();

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).matches("(?s)HTTP/1.1 4(13|04|01) .*").contains("\"error\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"../../etc/rows.jsonl, rows.jsonl", "C:\\data\\rows.jsonl, rows.jsonl", "folder/, file"})
    void filename_isANameWithoutFolders(String sent, String kept) {
        String form = Client.part(B, "name=\"purpose\"", "fine-tune")
                + Client.part(B, "name=\"file\"; filename=\"" + sent + "\"", ROWS)
                + Client.end(B);

        assertThat(ok(client.upload(B, form), "OpenAIFile").get("filename").asString())
                .isEqualTo(kept);
    }

    @Test
    void trailingComma_saysWhere() {
        JsonNode error = refused(
                client.post("/v1/chat/completions", "{\n\"model\": \"gpt-3.5-turbo\",\n\"messages\": [],\n}"), 400);

        assertThat(error.get("message").asString()).contains("line 4, column 1").contains("comma");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /v1/..%2f..%2fetc HTTP/1.1\r\nHost: x\r\n\r\n",
                "NONSENSE\r\n\r\n",
                "GET /v1/models/a%00b HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            })
    void brokenRequests_areAnsweredWith4xx_neverWith5xx(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).matches("(?s)HTTP/1.. 4.*").contains("\"error\"").containsIgnoringCase("x-request-id");
        }
    }

    @Test
    void health_needsNoKey_andSaysWhatIsMissing() {
        assertThat(client.get("/health").status()).isEqualTo(200);
        memory.missing.add("database");
        Client.Reply reply = client.get("/health");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.text()).contains("database");
    }

    @Test
    void takenPort_isRefusedWithAWayOut() {
        HttpSettings same = HttpSettings.loopback(api.port());
        assertThatThrownBy(() -> HttpApi.start(memory.backend(), same))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("--port");
        assertThatThrownBy(() -> HttpApi.requireFree("127.0.0.1", api.port()))
                .isInstanceOf(Unavailable.class)
                .hasMessage(
                        "Port " + api.port()
                                + " on 127.0.0.1 is taken by another program. Choose another with --port, or 0 for a free one.");
        HttpApi.requireFree("127.0.0.1", 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.7", "no-such-host.invalid"})
    void addressOfAnotherMachine_isRefusedWithAWayOut(String host) {
        assertThatThrownBy(() -> HttpApi.requireFree(host, 0))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'" + host + "' is no address of this machine")
                .hasMessageContaining("--host");
    }
}
