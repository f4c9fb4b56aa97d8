package ai.luthier.server.models;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.api.catalogue.CatalogueEntry;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.config.Nearest;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The refusal of a name that no model has: the same on every route that takes one. Stateless. */
public final class UnknownModel {

    private static final int SUGGESTIONS = 3;
    private static final String TUNED = "ft:";

    private UnknownModel() {}

    /** MODEL_NOT_FOUND in OpenAI's words; for a fine-tuned name they go on with those that it may have meant. */
    public static UserError refusal(Caller caller, String name, Catalogue catalogue, ModelRegistry registry) {
        String message = "The model `" + name + "` does not exist or you do not have access to it.";
        if (name.startsWith(TUNED)) {
            message += " The nearest models that exist: "
                    + nearest(caller, name, catalogue, registry).stream()
                            .map(near -> "`" + near + "`")
                            .collect(Collectors.joining(", "))
                    + ".";
        }
        return new UserError(ErrorCode.MODEL_NOT_FOUND, null, message);
    }

    /** Fine-tuned models first, then bases like the one in the name. */
    private static List<String> nearest(Caller caller, String name, Catalogue catalogue, ModelRegistry registry) {
        List<String> own =
                registry.list(caller).stream().map(PublishedModel::id).toList();
        List<String> bases =
                catalogue.entries().stream().map(CatalogueEntry::id).toList();
        return Stream.concat(
                        Nearest.list(name, own, SUGGESTIONS).stream(),
                        Nearest.list(name.split(":", -1)[1], bases, SUGGESTIONS).stream())
                .limit(SUGGESTIONS)
                .toList();
    }
}
