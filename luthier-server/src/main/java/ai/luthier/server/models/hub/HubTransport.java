package ai.luthier.server.models.hub;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.ResourceExhausted;
import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/**
 * Requests to the Hub. Redirects are followed by hand, because the token belongs to the endpoint and the files lie elsewhere;
 * answers that ask to wait are waited for. One thread.
 */
final class HubTransport {

    private static final int MAX_REDIRECTS = 5;
    private static final int MAX_WAITS = 6;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HubSettings settings;
    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(20))
            .build();

    HubTransport(HubSettings settings) {
        this.settings = settings;
    }

    /** An answer with a body to be read and closed; {@code first} are the headers of the endpoint's own answer. */
    record Answer(int status, HttpHeaders first, HttpHeaders headers, InputStream body) {}

    /**
     * Asks the endpoint for {@code path}, from byte {@code from} on.
     *
     * @throws IOException where the connection fails or is cut
     * @throws UserError where the Hub refuses: no such model, no permission
     */
    Answer get(HubModelId model, String path, long from) throws IOException {
        for (int wait = 0; ; wait++) {
            Answer answer = followed(model, path, from);
            int status = answer.status();
            if (status == 200 || status == 206 || status == 416) {
                return answer;
            }
            answer.body().close();
            boolean busy = status == 429 || status >= 500;
            if (!busy) {
                throw refused(model, path, status);
            }
            if (wait == MAX_WAITS) {
                throw status == 429
                        ? new ResourceExhausted(
                                ErrorCode.RATE_LIMITED, null, "The Hub asks to be asked less often. Try again later.")
                        : new Unavailable(
                                ErrorCode.UNAVAILABLE, null, "The Hub answers " + status + ". Try again later.");
            }
            pause(retryAfter(answer.headers()).orElse(settings.pause().multipliedBy(1L << wait)));
        }
    }

    private Answer followed(HubModelId model, String path, long from) throws IOException {
        URI uri = URI.create(settings.endpoint() + path);
        HttpHeaders first = null;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            HttpResponse<InputStream> response = send(uri, from);
            first = first == null ? response.headers() : first;
            int status = response.statusCode();
            Optional<String> location = response.headers().firstValue("Location");
            if (status < 300 || status >= 400 || location.isEmpty()) {
                return new Answer(
                        status, first, response.headers(), new WatchedStream(response.body(), settings.patience()));
            }
            response.body().close();
            uri = redirected(model, uri, location.get());
        }
        throw new Unavailable(ErrorCode.UNAVAILABLE, null, "The Hub redirects " + path + " in circles.");
    }

    private static URI redirected(HubModelId model, URI from, String location) {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new Unavailable(ErrorCode.UNAVAILABLE, null, model + ": the Hub redirects to no URL: " + location, e);
        }
        boolean weaker = "https".equals(from.getScheme()) && !"https".equals(to.getScheme());
        if (weaker || to.getHost() == null) {
            throw new Unavailable(
                    ErrorCode.UNAVAILABLE,
                    null,
                    model + ": the Hub redirects from " + from + " to " + to + ", which is not safe.");
        }
        return to;
    }

    private HttpResponse<InputStream> send(URI uri, long from) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("User-Agent", "luthier")
                .header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (isEndpoint(uri)) {
            settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        }
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable(
                    ErrorCode.UNAVAILABLE, null, "The download was interrupted; it goes on when started again.", e);
        }
    }

    /** Scheme, host and port are those of the endpoint. */
    private boolean isEndpoint(URI uri) {
        URI endpoint = settings.endpoint();
        return endpoint.getScheme().equals(uri.getScheme())
                && endpoint.getHost().equalsIgnoreCase(uri.getHost())
                && endpoint.getPort() == uri.getPort();
    }

    private static Optional<Duration> retryAfter(HttpHeaders headers) {
        return headers.firstValue("Retry-After")
                .filter(seconds -> seconds.matches("\\d{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .map(wait -> wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }

    static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable(
                    ErrorCode.UNAVAILABLE, null, "The download was interrupted; it goes on when started again.", e);
        }
    }

    private UserError refused(HubModelId model, String path, int status) {
        return switch (status) {
            case 401, 403 ->
                new UserError(
                        ErrorCode.PERMISSION_DENIED,
                        "model",
                        model + " is not open to you (the Hub answers " + status + "). "
                                + (settings.token().isPresent()
                                        ? "Accept its licence on its page, or take another token for HF_TOKEN."
                                        : "Set HF_TOKEN to a token of an account that may read it; a misspelt name gives this"
                                                + " answer too."));
            case 404 ->
                new UserError(
                        ErrorCode.MODEL_NOT_FOUND,
                        "model",
                        "There is no " + model + " on " + settings.endpoint() + ", or it has no such revision or file ("
                                + path + ").");
            default ->
                new UserError(
                        ErrorCode.INVALID_MODEL,
                        "model",
                        "The Hub answers " + status + " to " + path + " of " + model + ".");
        };
    }
}
