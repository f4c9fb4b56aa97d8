package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.export.ExportFormat;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.serving.ExportedModel;
import ai.luthier.server.serving.ModelHost;
import ai.luthier.server.serving.ServedModel;
import io.javalin.Javalin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The route and the zip; what is in an export is tested where it is made. */
class ExportRouteTest {

    @TempDir
    private Path folder;

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch abandoned = new CountDownLatch(1);
    private Javalin server;
    private Client client;

    /** Writes its arguments into a file. */
    private final class NotingHost implements ModelHost {

        @Override
        public ServedModel open(Caller caller, String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ExportedModel export(
                Caller caller, String name, ExportFormat format, Quantization quantization, BooleanSupplier wanted) {
            if (name.equals("slow")) {
                return waitForever(wanted);
            }
            if (!name.equals("ft:base:org::abc")) {
                throw new UserError(ErrorCode.MODEL_NOT_FOUND, null, "The model `" + name + "` does not exist.");
            }
            try {
                Path made = Files.createDirectories(folder.resolve("made"));
                Files.writeString(made.resolve("asked"), caller.organizationId() + " " + format + " " + quantization);
                Files.write(made.resolve("weights"), new byte[1 << 20]);
                return new ExportedModel(made);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private ExportedModel waitForever(BooleanSupplier wanted) {
        started.countDown();
        while (wanted.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
        abandoned.countDown();
        throw new CancellationException();
    }

    @BeforeEach
    void start() {
        Backend backend = new MemoryBackend().backend();
        ExportRoute route = new ExportRoute(new NotingHost());
        server = Javalin.create(config -> {
                    config.routes.beforeMatched("/v1/*", new Authentication(backend.keys())::require);
                    config.routes.get("/v1/models/<id>/export", route::export);
                    Errors.register(config.routes);
                })
                .start("127.0.0.1", 0);
        client = new Client(server.port(), MemoryBackend.KEY);
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @Test
    void aModel_comesAsAZip_andNothingOfItStays() throws IOException {
        Client.Reply reply = client.get("/v1/models/ft:base:org::abc/export?format=gguf&quantization=q4_k_m");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers().firstValue("content-type")).hasValue("application/zip");
        assertThat(reply.headers().firstValue("content-disposition"))
                .hasValue("attachment; filename=\"ft-base-org-abc-gguf.zip\"");
        Map<String, byte[]> files = unzipped(reply.body());
        assertThat(files.keySet()).containsExactly("asked", "weights");
        assertThat(files.get("asked")).asString(StandardCharsets.UTF_8).isEqualTo("org-1 GGUF Q4_K_M");
        assertThat(files.get("weights")).hasSize(1 << 20);
        assertThat(folder.resolve("made")).doesNotExist();
    }

    @Test
    void whatCannotBe_isSaidInOpenAIsShape() {
        assertThat(client.get("/v1/models/gone/export?format=gguf").status()).isEqualTo(404);
        assertThat(client.get("/v1/models/gone/export?format=gguf")
                        .error()
                        .path("code")
                        .asString())
                .isEqualTo("model_not_found");
        Client.Reply none = client.get("/v1/models/ft:base:org::abc/export");
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.error().path("param").asString()).isEqualTo("format");
        assertThat(client.get("/v1/models/ft:base:org::abc/export?format=zip")
                        .error()
                        .path("message")
                        .asString())
                .contains("'peft', 'safetensors', 'gguf', 'ollama'");
        assertThat(client.get("/v1/models/ft:base:org::abc/export?format=peft&quantization=q8_0")
                        .status())
                .isEqualTo(400);
        assertThat(client.get("/v1/models/ft:base:org::abc/export?format=gguf&quantization=q3")
                        .error()
                        .path("param")
                        .asString())
                .isEqualTo("quantization");
    }

    @Test
    void aClientThatLeaves_endsTheWork() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String request = "GET /v1/models/slow/export?format=gguf HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                    + MemoryBackend.KEY + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(abandoned.await(300, TimeUnit.MILLISECONDS))
                    .as("while it waits the work goes on")
                    .isFalse();
        }
        assertThat(abandoned.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void withoutAKey_thereIsNothing() {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(client.request("/v1/models/ft:base:org::abc/export?format=gguf")
                        .build()
                        .uri());
        assertThat(client.send(request.GET()).status()).isEqualTo(401);
    }

    private static Map<String, byte[]> unzipped(byte[] bytes) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        }
        return files;
    }
}
