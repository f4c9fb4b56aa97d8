package ai.luthier.server.http.request;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The field names that OpenAI's specification knows, by the place where they stand. */
final class KnownFields {

    private static final Map<String, Set<String>> NAMES = load();

    private KnownFields() {}

    /** The names at a place such as {@code chat} or {@code message.user}; the keys of {@code request-fields.json}. */
    static Set<String> of(String place) {
        return Objects.requireNonNull(NAMES.get(place), () -> "request-fields.json has no entry '" + place + "'");
    }

    private static Map<String, Set<String>> load() {
        try (InputStream in = KnownFields.class.getResourceAsStream("request-fields.json")) {
            Map<String, Set<String>> names = new HashMap<>();
            Json.MAPPER
                    .readTree(Objects.requireNonNull(in, "request-fields.json"))
                    .forEachEntry((place, fields) -> {
                        Set<String> set = new LinkedHashSet<>();
                        fields.forEach(field -> set.add(field.asString()));
                        names.put(place, Set.copyOf(set));
                    });
            return Map.copyOf(names);
        } catch (IOException e) {
            throw new UncheckedIOException("request-fields.json is in the jar and cannot be read", e);
        }
    }
}
