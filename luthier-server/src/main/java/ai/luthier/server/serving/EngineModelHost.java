package ai.luthier.server.serving;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.export.ExportFormat;
import ai.luthier.engine.export.ExportModel;
import ai.luthier.engine.export.Exporter;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.models.Base;
import ai.luthier.server.models.Bases;
import ai.luthier.server.models.ModelName;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.models.PublishedModel;
import ai.luthier.server.models.UnknownModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/**
 * Serves the bases of the catalogue and everything tuned from them with the engine, in this process.
 *
 * <p>Weights are loaded at the first question and shared: one base stays in memory once, however many names and tuned models stand
 * on it. A tuned model answers on the weights it was trained on, which its directory names by hash, also when the catalogue's
 * name points elsewhere by now.
 *
 * <p>Safe for any thread; the first callers of a base wait for each other.
 */
public final class EngineModelHost implements ModelHost, AutoCloseable {

    private final Bases bases;
    private final ModelRegistry registry;
    private final Map<Path, LoadedBase> loaded = new HashMap<>();

    /** An export reads every weight and holds the model in fp32 for a while: one at a time. */
    private final Semaphore exporting = new Semaphore(1);

    public EngineModelHost(Bases bases, ModelRegistry registry) {
        this.bases = bases;
        this.registry = registry;
    }

    @Override
    public ServedModel open(Caller caller, String name) {
        Optional<Base> base = bases.find(name);
        if (base.isPresent()) {
            LoadedBase weights = loaded(base.get().directory());
            return new EngineModel(
                    base.get().entry().id(), weights, weights.encoder(base.get().template()), Optional.empty());
        }
        PublishedModel tuned = published(caller, name);
        return tuned(tuned.id(), registry.folder(tuned));
    }

    private PublishedModel published(Caller caller, String name) {
        return registry.find(caller, name)
                .orElseThrow(() -> UnknownModel.refusal(caller, name, bases.catalogue(), registry));
    }

    @Override
    public ExportedModel export(
            Caller caller, String name, ExportFormat format, Quantization quantization, BooleanSupplier wanted) {
        ExportModel model = exportable(caller, name);
        if (!exporting.tryAcquire()) {
            throw new Conflict(
                    ErrorCode.BUSY, "format", "Another model is being exported. Ask again when that is done.");
        }
        Path folder = registry.newExport();
        try {
            Exporter.export(model, format, quantization, folder, wanted);
            return new ExportedModel(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot export " + name + " to " + folder, e);
        } finally {
            exporting.release();
        }
    }

    private ExportModel exportable(Caller caller, String name) {
        Optional<Base> base = bases.find(name);
        if (base.isPresent()) {
            return new ExportModel(
                    base.get().entry().id(),
                    ModelDirectory.open(base.get().directory()),
                    Optional.empty(),
                    base.get().template());
        }
        PublishedModel tuned = published(caller, name);
        Path folder = registry.folder(tuned);
        return new ExportModel(
                tuned.id(),
                weightsOf(tuned.id(), folder).directory(),
                Optional.of(folder),
                PeftDirectory.template(folder));
    }

    /** Loads a base, so that the first question need not wait. @throws UserError where that is impossible */
    public void warm(String name) {
        Base base = bases.find(name)
                .orElseThrow(() -> new UserError(
                        ErrorCode.MODEL_NOT_FOUND,
                        "models.default",
                        "The catalogue has no base called '" + name + "'."));
        loaded(base.directory()).encoder(base.template());
    }

    /**
     * Loads a tuned model as for a question.
     *
     * @param name of the model or of its base
     * @throws UserError where it could not be served
     */
    public void check(String name, Path adapter) {
        tuned(name, adapter).close();
    }

    private EngineModel tuned(String name, Path folder) {
        LoadedBase weights = weightsOf(name, folder);
        return new EngineModel(
                name, weights, weights.encoder(PeftDirectory.template(folder)), Optional.of(weights.attach(folder)));
    }

    private LoadedBase weightsOf(String name, Path folder) {
        try {
            Optional<PeftDirectory.Provenance> provenance = PeftDirectory.provenance(folder);
            Path directory = provenance
                    .flatMap(known -> bases.weights(known.id()))
                    .or(() -> bases.find(ModelName.baseOf(name)).map(Base::directory))
                    .orElseThrow(() -> gone(name, provenance));
            LoadedBase weights = loaded(directory);
            if (provenance.isPresent()
                    && !weights.hash().equals(provenance.get().sha256())) {
                throw new UserError(
                        ErrorCode.INVALID_MODEL,
                        "model",
                        "The model `" + name + "` was tuned from other weights of "
                                + provenance.get().id()
                                + " than those in the catalogue now; its answers would be wrong. Put the old weights back"
                                + " with `luthier models add`, or tune it again.");
            }
            return weights;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static UserError gone(String name, Optional<PeftDirectory.Provenance> provenance) {
        String base = provenance.map(PeftDirectory.Provenance::id).orElse(ModelName.baseOf(name));
        return new UserError(
                ErrorCode.MODEL_NOT_FOUND,
                "model",
                "The model `" + name + "` stands on " + base
                        + ", which is no longer in the catalogue. Add it again with" + " `luthier models add`.");
    }

    private LoadedBase loaded(Path directory) {
        synchronized (loaded) {
            return loaded.computeIfAbsent(directory, path -> LoadedBase.load(path, Dtype.BF16));
        }
    }

    @Override
    public void close() {
        synchronized (loaded) {
            loaded.values().forEach(LoadedBase::close);
            loaded.clear();
        }
    }
}
