package ai.luthier.server.wire;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.api.catalogue.CatalogueEntry;
import ai.luthier.api.wire.Deleted;
import ai.luthier.api.wire.Model;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.http.Backend;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.models.PublishedModel;
import ai.luthier.server.models.UnknownModel;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The names that models answer to: bases of the catalogue with their aliases, and the fine-tuned ones of an organisation. */
public final class KnownModels implements Backend.Models {

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
        return registry.find(caller, name)
                .orElseThrow(() -> UnknownModel.refusal(caller, name, catalogue.get(), registry));
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
