package ai.luthier.server.models.hub;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Where the Hub is and how to ask it, by the environment variables that Hugging Face's own tools read.
 *
 * @param endpoint {@code HF_ENDPOINT}, without a slash at its end
 * @param token {@code HF_TOKEN}; goes to the endpoint only
 * @param cache {@code HF_HUB_CACHE}, else {@code HF_HOME/hub}, else {@code ~/.cache/huggingface/hub}
 * @param pause the first wait after a failure; it doubles each time
 * @param patience how long no byte may come before a connection counts as broken
 */
public record HubSettings(URI endpoint, Optional<String> token, Path cache, Duration pause, Duration patience) {

    private static final String HUB = "https://huggingface.co";

    public HubSettings {
        String scheme = endpoint.getScheme();
        if (endpoint.getHost() == null || !("https".equals(scheme) || "http".equals(scheme))) {
            throw new UserError(
                    ErrorCode.INVALID_CONFIGURATION, "HF_ENDPOINT", "HF_ENDPOINT is no http or https URL: " + endpoint);
        }
    }

    /** @throws UserError ({@link ErrorCode#INVALID_CONFIGURATION}) where {@code HF_ENDPOINT} is not a URL */
    public static HubSettings fromEnvironment(Map<String, String> environment) {
        String endpoint = set(environment, "HF_ENDPOINT").orElse(HUB);
        while (endpoint.endsWith("/")) {
            endpoint = endpoint.substring(0, endpoint.length() - 1);
        }
        return new HubSettings(
                uri(endpoint),
                set(environment, "HF_TOKEN").map(String::strip),
                cache(environment),
                Duration.ofSeconds(1),
                Duration.ofSeconds(60));
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new UserError(ErrorCode.INVALID_CONFIGURATION, "HF_ENDPOINT", "HF_ENDPOINT is no URL: " + text, e);
        }
    }

    private static Path cache(Map<String, String> environment) {
        Optional<String> hub = set(environment, "HF_HUB_CACHE");
        if (hub.isPresent()) {
            return Path.of(hub.get());
        }
        Optional<String> home = set(environment, "HF_HOME");
        if (home.isPresent()) {
            return Path.of(home.get(), "hub");
        }
        String caches = set(environment, "XDG_CACHE_HOME").orElse(System.getProperty("user.home") + "/.cache");
        return Path.of(caches, "huggingface", "hub");
    }

    private static Optional<String> set(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
}
