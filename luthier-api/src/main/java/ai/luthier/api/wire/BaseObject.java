package ai.luthier.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A base of the catalogue, as the owner sees it under {@code /luthier/models}.
 *
 * @param weights where they are, in words
 * @param directory absolute path of the weights; null for the embedded model
 * @param chatTemplate absolute path of a file that replaces the directory's own template; null for that one
 * @param trainingContext tokens that a training row may have; null where only the model's own context counts
 * @param chats whether it can be asked in messages; null where nobody looked
 * @param facts what the weights are; null where they cannot be read
 * @param warning what the owner should know of it; null for nothing
 */
@JsonPropertyOrder({"object", "id"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BaseObject(
        @JsonProperty("id") String id,
        @JsonProperty("aliases") List<String> aliases,
        @JsonProperty("weights") String weights,
        @JsonProperty("directory") @Nullable String directory,
        @JsonProperty("chat_template") @Nullable String chatTemplate,
        @JsonProperty("training_context") @Nullable Integer trainingContext,
        @JsonProperty("chats") @Nullable Boolean chats,
        @JsonProperty("facts") @Nullable BaseFacts facts,
        @JsonProperty("warning") @Nullable String warning) {

    public BaseObject {
        aliases = List.copyOf(aliases);
    }

    @JsonProperty(value = "object", access = JsonProperty.Access.READ_ONLY)
    public String object() {
        return "luthier.model";
    }
}
