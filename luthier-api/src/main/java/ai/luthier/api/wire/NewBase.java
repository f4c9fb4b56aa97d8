package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A base that the owner adds by {@code POST /luthier/models}.
 *
 * @param directory absolute path of a Hugging Face directory on the server's machine
 * @param chatTemplate absolute path of a file that replaces the directory's own template; null for that one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NewBase(
        @JsonProperty("id") String id,
        @JsonProperty("directory") String directory,
        @JsonProperty("aliases") List<String> aliases,
        @JsonProperty("chat_template") @Nullable String chatTemplate) {

    public NewBase {
        aliases = List.copyOf(aliases);
    }
}
