package ai.luthier.text.misspell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AskForStoriesTest {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final List<JsonNode> asked = new ArrayList<>();
    private HttpServer server;
    private AskForStories stories;
    private int endsAtAttempt = 1;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", this::answer);
        server.start();
        stories = new AskForStories("http://127.0.0.1:" + server.getAddress().getPort() + "/v1", "sk-test");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void takesTheFirstStoryThatEnds() throws Exception {
        endsAtAttempt = 3;
        assertThat(stories.story("Tell me a story about a dog.", 40))
                .isEqualTo("{\"prompt\":\"Tell me a story about a dog.\",\"text\":\"Story 42.\"}");
        assertThat(asked).extracting(body -> body.path("seed").asInt()).containsExactly(40, 41, 42);
        assertThat(asked.getFirst().at("/messages/0/content").asString()).isEqualTo("Tell me a story about a dog.");
    }

    @Test
    void givesUpWithTheReason() {
        endsAtAttempt = 100;
        assertThatThrownBy(() -> stories.story("Tell me a story.", 0)).hasMessageContaining("None of 10 stories ended");
        server.removeContext("/v1/chat/completions");
        assertThatThrownBy(() -> stories.story("Tell me a story.", 0)).hasMessageContaining("answered 404");
    }

    @Test
    void thereAreEnoughTopicsForTheExample() {
        assertThat(AskForStories.TOPICS).hasSizeGreaterThan(30).doesNotHaveDuplicates();
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode body = MAPPER.readTree(exchange.getRequestBody().readAllBytes());
        asked.add(body);
        String finish = asked.size() >= endsAtAttempt ? "stop" : "length";
        byte[] answer = ("{\"choices\": [{\"finish_reason\": \"" + finish + "\", \"message\": {\"content\": \" Story "
                        + body.path("seed").asInt() + ".\\n\"}}]}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        try (exchange) {
            exchange.getResponseBody().write(answer);
        }
    }
}
