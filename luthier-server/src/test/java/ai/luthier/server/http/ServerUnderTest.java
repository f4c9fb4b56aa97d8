package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;

/** A server on a free port for each test, and the checks that every answer has to pass. */
abstract class ServerUnderTest {

    static final int UPLOAD_LIMIT = 1 << 20;

    private static Optional<Specification> specification = Optional.empty();

    final MemoryBackend memory = new MemoryBackend();
    HttpApi api;
    Client client;

    @BeforeAll
    static void readSpecification() {
        specification = Specification.beside();
    }

    @BeforeEach
    void start() {
        api = HttpApi.start(
                memory.backend(),
                new HttpSettings("127.0.0.1", 0, UPLOAD_LIMIT, 1 << 20, false, Duration.ofMillis(300)));
        client = new Client(api.port(), MemoryBackend.KEY);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    /** Holds an answer against its schema, where the specification is at hand. */
    static void conforms(JsonNode answer, String schema) {
        specification.ifPresent(spec -> spec.check(schema, answer));
    }

    static JsonNode ok(Client.Reply reply, String schema) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.headers().firstValue("x-request-id")).isPresent();
        assertThat(reply.headers().firstValue("content-type")).hasValue("application/json");
        conforms(reply.json(), schema);
        return reply.json();
    }

    static JsonNode refused(Client.Reply reply, int status) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.headers().firstValue("x-request-id")).isPresent();
        assertThat(reply.headers().firstValue("x-should-retry")).hasValue("false");
        conforms(reply.json(), "ErrorResponse");
        return reply.error();
    }
}
