package ai.luthier.server.http.request;

import ai.luthier.api.wire.NewBase;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the bodies of {@code POST /luthier/keys} and {@code POST /luthier/models}, which are ours and not OpenAI's. */
public final class OwnerRequestReader {

    private static final int LONGEST_NAME = 100;
    private static final int MOST_ALIASES = 100;

    private OwnerRequestReader() {}

    /**
     * A key to make or to take over.
     *
     * @param value the secret that an application uses; null to make one
     */
    public record NewKey(
            String name, boolean admin, @Nullable String value) {}

    /** @throws ai.luthier.api.UserError 400 with the first field at fault */
    public static NewKey key(JsonNode body) {
        Fields fields = Fields.own(body, "name", "role", "value");
        return new NewKey(
                fields.string("name", 1, LONGEST_NAME).orElse("added"),
                fields.oneOf("role", List.of("member", "admin"))
                        .orElse("member")
                        .equals("admin"),
                fields.string("value").orElse(null));
    }

    /** @throws ai.luthier.api.UserError 400 with the first field at fault */
    public static NewBase base(JsonNode body) {
        Fields fields = Fields.own(body, "id", "directory", "aliases", "chat_template");
        List<String> aliases = fields.array("aliases", 0, MOST_ALIASES).orElse(List.of()).stream()
                .map(alias -> Fields.asString("aliases", alias))
                .toList();
        return new NewBase(
                fields.requiredString("id"),
                fields.requiredString("directory"),
                aliases,
                fields.string("chat_template").orElse(null));
    }
}
