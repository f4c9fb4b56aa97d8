package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.server.http.request.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Chat and legacy completions, whole and streamed. */
class CompletionsTest extends ServerUnderTest {

    private static String chat(String words, String more) {
        return "{\"model\":\"gpt-3.5-turbo\",\"messages\":[{\"role\":\"user\",\"content\":\"" + words + "\"}]"
                + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private Client.Reply ask(String words, String more) {
        return client.post("/v1/chat/completions", chat(words, more));
    }

    @Test
    void chat_answersWithUsage_andTheSnapshotsName() {
        JsonNode answer =
                ok(ask("hello", "\"n\":2,\"logprobs\":true,\"top_logprobs\":1"), "CreateChatCompletionResponse");

        assertThat(answer.get("model").asString()).isEqualTo("gpt-3.5-turbo-0613");
        assertThat(answer.at("/choices/1/message/content").asString()).isEqualTo("hello");
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(answer.at("/choices/0/logprobs/content")).hasSize(5);
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(15);
        assertThat(memory.ledger).hasSize(1);
    }

    @Test
    void chat_cutToMaxTokensOrContext_endsWithLength() {
        JsonNode cut = ok(ask("hello", "\"max_tokens\":2"), "CreateChatCompletionResponse");
        assertThat(cut.at("/choices/0/message/content").asString()).isEqualTo("he");
        assertThat(cut.at("/choices/0/finish_reason").asString()).isEqualTo("length");

        JsonNode full =
                ok(ask("x".repeat(ParrotModel.CONTEXT - 10), "\"max_tokens\":4096"), "CreateChatCompletionResponse");
        assertThat(full.at("/usage/total_tokens").asInt()).isEqualTo(ParrotModel.CONTEXT);
        assertThat(full.at("/choices/0/finish_reason").asString()).isEqualTo("length");

        assertThat(refused(ask("x".repeat(ParrotModel.CONTEXT), ""), 400)
                        .get("code")
                        .asString())
                .isEqualTo("context_length_exceeded");
    }

    @Test
    void chatStream_isInOpenAisOrderOfEvents() {
        Client.Reply reply = ask("hey", "\"stream\":true,\"n\":2,\"stream_options\":{\"include_usage\":true}");

        assertThat(reply.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        assertThat(reply.headers().firstValue("x-request-id")).isPresent();
        assertThat(reply.text())
                .startsWith("data: {")
                .endsWith("data: [DONE]\n\n")
                .doesNotContain("event:");
        List<String> events = reply.events();
        List<JsonNode> chunks = events.subList(0, events.size() - 1).stream()
                .map(Json.MAPPER::readTree)
                .toList();
        chunks.forEach(chunk -> conforms(chunk, "CreateChatCompletionStreamResponse"));
        assertThat(chunks).hasSize(2 * 5 + 1);
        assertThat(chunks.stream().map(chunk -> chunk.get("id").asString()).distinct())
                .hasSize(1);
        assertThat(chunks.getFirst().at("/choices/0/delta").toString())
                .isEqualTo("{\"role\":\"assistant\",\"content\":\"\"}");
        assertThat(chunks.get(1).at("/choices/0/delta").toString()).isEqualTo("{\"content\":\"h\"}");
        assertThat(chunks.get(4).at("/choices/0/delta")).isEmpty();
        assertThat(chunks.get(4).at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(chunks.get(5).at("/choices/0/index").asInt()).isEqualTo(1);
        assertThat(chunks.subList(0, 10)).allMatch(chunk -> chunk.get("usage").isNull());
        assertThat(chunks.getLast().get("choices")).isEmpty();
        assertThat(chunks.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(6);
    }

    @Test
    void chatStream_withoutUsage_hasNoSuchKey() {
        assertThat(ask("hey", "\"stream\":true").events().getFirst()).doesNotContain("usage");
    }

    @Test
    void chatStream_thatBreaks_carriesAnErrorObject_andWhatFailsBeforeIsAnOrdinaryError() {
        Client.Reply reply = ask("fail late", "\"stream\":true");

        assertThat(reply.status()).isEqualTo(200);
        JsonNode last = Json.MAPPER.readTree(reply.events().getLast());
        conforms(last, "ErrorResponse");
        assertThat(last.at("/error/type").asString()).isEqualTo("server_error");
        assertThat(reply.text()).doesNotContain("[DONE]");
        refused(ask("x".repeat(ParrotModel.CONTEXT), "\"stream\":true"), 400);
    }

    @Test
    void chatStream_leftByTheClient_endsTheGeneration() throws Exception {
        try (Socket socket = asked(chat("forever", "\"stream\":true"))) {
            assertThat(socket.getInputStream().readNBytes(2000)).hasSize(2000);
        }
        awaitOneCancelled();
    }

    @Test
    void wholeAnswer_leftByTheClient_endsTheGeneration_andIsBilled() throws Exception {
        try (Socket socket = asked(chat("forever", "\"max_tokens\":100"))) {
            Thread.sleep(300);
            assertThat(memory.parrot.cancelledAnswers)
                    .as("while the client waits")
                    .hasValue(0);
            assertThat(socket.isConnected()).isTrue();
        }
        awaitOneCancelled();
        assertThat(memory.ledger).hasSize(1);
        assertThat(memory.ledger.getFirst().completionTokens()).isPositive();
    }

    @Test
    void wholeAnswer_toAClientThatSendsItsNextRequestEarly_isNotDisturbed() throws Exception {
        try (Socket socket = asked(chat("slowly", ""))) {
            socket.getOutputStream().write(request(chat("again", "")).getBytes(StandardCharsets.UTF_8));
            String both = "";
            InputStream in = socket.getInputStream();
            while (!both.contains("again")) {
                byte[] some = in.readNBytes(1);
                assertThat(some).as(both).hasSize(1);
                both += new String(some, StandardCharsets.UTF_8);
            }
            assertThat(both).contains("slowly");
        }
        assertThat(memory.parrot.cancelledAnswers).hasValue(0);
    }

    private Socket asked(String body) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port());
        socket.getOutputStream().write(request(body).getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private static String request(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + MemoryBackend.KEY
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private void awaitOneCancelled() throws InterruptedException {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while ((memory.parrot.cancelledAnswers.get() == 0 || memory.ledger.isEmpty()) && System.nanoTime() < until) {
            Thread.sleep(20);
        }
        assertThat(memory.parrot.cancelledAnswers).hasValue(1);
    }

    @Test
    void stoppingServer_endsAnEndlessStreamWithAnError() throws Exception {
        try (var streams = Executors.newVirtualThreadPerTaskExecutor()) {
            var reply = streams.submit(() -> ask("forever", "\"stream\":true"));
            Thread.sleep(200);
            api.close();
            assertThat(reply.get().events().getLast()).contains("shutting down");
        }
    }

    @Test
    void chat_onAModelWithoutTemplate_isRefusedInOpenAisWords() {
        String body = "{\"model\":\"davinci-002\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";

        JsonNode error = refused(client.post("/v1/chat/completions", body), 404);

        assertThat(error.get("message").asString())
                .isEqualTo(
                        "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you"
                                + " mean to use v1/completions?");
    }

    @Test
    void unknownModel_is404WithOpenAisBody() {
        JsonNode error = refused(client.post("/v1/completions", "{\"model\":\"gpt-fake\",\"prompt\":\"a\"}"), 404);

        assertThat(error.get("code").asString()).isEqualTo("model_not_found");
        assertThat(error.get("message").asString())
                .isEqualTo("The model `gpt-fake` does not exist or you do not have access to it.");
    }

    @Test
    void completions_continueSeveralPrompts() {
        JsonNode answer = ok(
                client.post(
                        "/v1/completions",
                        "{\"model\":\"davinci-002\",\"prompt\":[\"ab\",\"cd\"],\"n\":2,\"logprobs\":1}"),
                "CreateCompletionResponse");

        assertThat(answer.at("/choices/3/text").asString()).isEqualTo("cd");
        assertThat(answer.at("/choices/3/index").asInt()).isEqualTo(3);
        assertThat(answer.at("/choices/0/logprobs/text_offset").toString()).isEqualTo("[2,3]");
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(4);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(8);
    }

    @Test
    void completionStream_hasTextCompletionChunks() {
        Client.Reply reply = client.post(
                "/v1/completions",
                "{\"model\":\"davinci-002\",\"prompt\":\"ab\",\"stream\":true,"
                        + "\"stream_options\":{\"include_usage\":true}}");

        List<String> events = reply.events();
        assertThat(events.getLast()).isEqualTo("[DONE]");
        assertThat(Json.MAPPER.readTree(events.getFirst()).get("object").asString())
                .isEqualTo("text_completion");
        assertThat(Json.MAPPER
                        .readTree(events.get(2))
                        .at("/choices/0/finish_reason")
                        .asString())
                .isEqualTo("stop");
        assertThat(events.get(3)).contains("\"choices\":[]").contains("\"total_tokens\":4");
    }

    @Test
    void tokenIds_areHeldAgainstTheVocabulary() {
        assertThat(refused(client.post("/v1/completions", "{\"model\":\"davinci-002\",\"prompt\":[70000]}"), 400)
                        .get("param")
                        .asString())
                .isEqualTo("prompt");
        assertThat(refused(ask("a", "\"logit_bias\":{\"70000\":1}"), 400)
                        .get("param")
                        .asString())
                .isEqualTo("logit_bias");
    }
}
