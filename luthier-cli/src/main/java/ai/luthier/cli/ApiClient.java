package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The few calls of the API that the command line makes, over plain HTTP and without an SDK: what any client would do.
 *
 * <p>Refusals of the server come out as {@link UserError} with the server's own words. Thread-safe.
 */
final class ApiClient {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** What is Luthier's own lies beside {@code /v1}. */
    private static final String OWNER = "/luthier/";

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final URI base;
    private final String key;

    /** @param base for example {@code http://127.0.0.1:8080/v1}, without a slash at the end */
    ApiClient(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    JsonNode get(String path) {
        return json(request(path).GET());
    }

    JsonNode post(String path, Object body) {
        return json(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    JsonNode delete(String path) {
        return json(request(path).DELETE());
    }

    /** The bytes of an answer as they come; the caller closes it. */
    InputStream stream(String path) {
        return send(request(path).GET(), BodyHandlers.ofInputStream()).body();
    }

    /** Uploads a file with purpose {@code fine-tune}; the file is streamed. */
    JsonNode upload(Path file) throws IOException {
        String boundary = "luthier-" + UUID.randomUUID();
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nfine-tune\r\n--"
                + boundary
                + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + file.getFileName()
                + "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
        BodyPublisher body = BodyPublishers.concat(
                BodyPublishers.ofString(head),
                BodyPublishers.ofFile(file),
                BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
        return json(request("/files")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(body));
    }

    /** Streams a chat completion and hands each piece of text to {@code listener} as it comes. */
    void chat(Map<String, Object> body, Consumer<String> listener) throws IOException {
        HttpResponse<InputStream> response = send(
                request("/chat/completions")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))),
                BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("data: ") || line.equals("data: [DONE]")) {
                    continue;
                }
                JsonNode chunk = JSON.readTree(line.substring("data: ".length()));
                if (chunk.has("error")) {
                    throw new UserError(
                            ErrorCode.INVALID_VALUE,
                            null,
                            chunk.at("/error/message").asString());
                }
                listener.accept(chunk.at("/choices/0/delta/content").asString(""));
            }
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(path.startsWith(OWNER) ? base.resolve(path) : URI.create(base + path))
                .timeout(Duration.ofMinutes(10))
                .header("Authorization", "Bearer " + key);
    }

    private JsonNode json(HttpRequest.Builder request) {
        return JSON.readTree(send(request, BodyHandlers.ofString()).body());
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder builder, HttpResponse.BodyHandler<T> handler) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<T> response = http.send(request, handler);
            if (response.statusCode() / 100 != 2) {
                throw refusal(request, response);
            }
            return response;
        } catch (IOException e) {
            throw new Unavailable(
                    ErrorCode.UNAVAILABLE,
                    null,
                    "No answer from " + base + ": is the server running? (" + e.getMessage() + ")",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable(ErrorCode.UNAVAILABLE, null, "Interrupted while waiting for " + base + ".", e);
        }
    }

    private static UserError refusal(HttpRequest request, HttpResponse<?> response) {
        String body = response.body() instanceof InputStream stream ? read(stream) : String.valueOf(response.body());
        String message = body;
        boolean ours = false;
        try {
            JsonNode said = JSON.readTree(body).at("/error/message");
            ours = said.isString();
            message = said.asString(body);
        } catch (RuntimeException notJson) {
            // Whoever answered is not Luthier; what it said is shown as it is.
        }
        ErrorCode code = switch (response.statusCode()) {
            case 401, 403 -> ErrorCode.INVALID_API_KEY;
            case 404 -> ErrorCode.NOT_FOUND;
            case 409 -> ErrorCode.BUSY;
            default -> response.statusCode() >= 500 ? ErrorCode.INTERNAL : ErrorCode.INVALID_VALUE;
        };
        String call = request.method() + " " + request.uri().getPath() + " answered " + response.statusCode() + ": ";
        // A refusal says by itself what to do; what the server could not do needs the call to be found.
        return new UserError(code, null, ours && response.statusCode() < 500 ? message : call + message);
    }

    private static String read(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(the rest of the answer was lost: " + e.getMessage() + ")";
        }
    }
}
