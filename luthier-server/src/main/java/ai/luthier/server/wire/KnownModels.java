package ai.luthier.server.wire;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.api.catalogue.CatalogueEntry;
import ai.luthier.api.wire.Deleted;
import ai.luthier.api.wire.Model;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.config.Nearest;
import ai.luthier.server.http.Backend;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.models.PublishedModel;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names that models answer to: bases of the catalogue with their aliases, and the fine-tuned ones of an organisation. */
public final class KnownModels implements Backend.Models {

    private static final int SUGGESTIONS = 3;
    private static final String TUNED = "ft:";

    private final Supplier<Catalogue> catalogue;
    private final ModelRegistry registry;

    public KnownModels(Supplier<Catalogue> catalogue, ModelRegistry registry) {
        this.catalogue = catalogue;
        this.registry = registry;
    }

    /**
     * What a name stands for: the snapshot of a base, or the fine-tuned model itself.
     *
     * @throws UserError MODEL_NOT_FOUND
     */
    public String snapshot(Caller caller, String name) {
        return catalogue
                .get()
                .find(name)
                .map(CatalogueEntry::id)
                .orElseGet(() -> tuned(caller, name).id());
    }

    /**
     * A fine-tuned model.
     *
     * @throws UserError MODEL_NOT_FOUND, in OpenAI's words; for a fine-tuned name with those that it may have meant
     */
    public PublishedModel tuned(Caller caller, String name) {
        return registry.find(caller, name).orElseThrow(() -> unknown(caller, name));
    }

    private UserError unknown(Caller caller, String name) {
        String message = "The model `" + name + "` does not exist or you do not have access to it.";
        if (name.startsWith(TUNED)) {
            message += " The nearest models that exist: "
                    + nearest(caller, name).stream()
                            .map(near -> "`" + near + "`")
                            .collect(Collectors.joining(", "))
                    + ".";
        }
        return new UserError(ErrorCode.MODEL_NOT_FOUND, null, message);
    }

    /** Fine-tuned models first, then bases like the one in the name. */
    private List<String> nearest(Caller caller, String name) {
        List<String> own =
                registry.list(caller).stream().map(PublishedModel::id).toList();
        List<String> bases =
                catalogue.get().entries().stream().map(CatalogueEntry::id).toList();
        return Stream.concat(
                        Nearest.list(name, own, SUGGESTIONS).stream(),
                        Nearest.list(name.split(":", -1)[1], bases, SUGGESTIONS).stream())
                .limit(SUGGESTIONS)
                .toList();
    }

    @Override
    public List<Model> list(Caller caller) {
        List<Model> models = new ArrayList<>();
        for (CatalogueEntry entry : catalogue.get().entries()) {
            models.add(base(entry, entry.id()));
            entry.aliases().forEach(alias -> models.add(base(entry, alias)));
        }
        registry.list(caller).forEach(model -> models.add(wire(caller, model)));
        return models;
    }

    @Override
    public Model retrieveModel(Caller caller, String id) {
        Optional<CatalogueEntry> base = catalogue.get().find(id);
        return base.isPresent() ? base(base.get(), id) : wire(caller, tuned(caller, id));
    }

    @Override
    public Deleted delete(Caller caller, String id) {
        if (catalogue.get().find(id).isPresent()) {
            throw new UserError(
                    ErrorCode.PERMISSION_DENIED,
                    "model",
                    "The model `" + id
                            + "` is a base and cannot be deleted over the API; only fine-tuned models can. The"
                            + " owner of the server takes an added base out with 'luthier models remove'.");
        }
        tuned(caller, id);
        registry.delete(caller, id);
        return Deleted.model(id);
    }

    private static Model base(CatalogueEntry entry, String name) {
        long listed = entry.pricing().listed().atStartOfDay(ZoneOffset.UTC).toEpochSecond();
        return new Model(name, listed, "luthier", null);
    }

    private static Model wire(Caller caller, PublishedModel model) {
        return new Model(model.id(), model.createdAt().getEpochSecond(), caller.slug(), null);
    }
}
