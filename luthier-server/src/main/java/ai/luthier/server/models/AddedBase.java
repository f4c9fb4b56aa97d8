package ai.luthier.server.models;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A base that the owner put into the catalogue with {@code luthier models add}.
 *
 * @param source absolute path of a Hugging Face directory
 * @param template absolute path of a chat template that replaces the directory's own; null for that one
 * @param aliases other names it answers to
 */
public record AddedBase(String id, String source, @Nullable String template, List<String> aliases, Instant createdAt) {

    public AddedBase {
        aliases = List.copyOf(aliases);
    }
}
