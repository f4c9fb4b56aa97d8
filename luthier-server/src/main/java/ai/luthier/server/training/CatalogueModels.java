package ai.luthier.server.training;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.gguf.GgufModel;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.models.Base;
import ai.luthier.server.models.Bases;
import ai.luthier.server.models.ModelName;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.models.PublishedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** Models to train from the catalogue and the registry. Safe for any thread. */
public final class CatalogueModels implements TrainableModels {

    private final Bases bases;
    private final ModelRegistry registry;

    public CatalogueModels(Bases bases, ModelRegistry registry) {
        this.bases = bases;
        this.registry = registry;
    }

    @Override
    public TrainableModel find(Caller caller, String name) {
        Optional<Base> base = bases.find(name);
        if (base.isPresent()) {
            return trainable(base.get(), Optional.empty());
        }
        PublishedModel tuned = registry.get(caller, name);
        Base under = bases.find(ModelName.baseOf(name)).orElseThrow(() -> withoutBase(name));
        return trainable(under, Optional.of(registry.folder(tuned)));
    }

    private static TrainableModel trainable(Base base, Optional<Path> adapter) {
        refuseQuantised(base);
        return new TrainableModel(
                base.modelId(),
                base.directory(),
                base.template(),
                adapter,
                base.entry().trainingContext(),
                LearningRates.of(base.modelId()),
                base.entry().learningRateMultiplier());
    }

    private static void refuseQuantised(Base base) {
        try {
            if (GgufModel.quantised(base.directory())) {
                throw new UserError(
                        ErrorCode.UNSUPPORTED_VALUE,
                        "model",
                        base.entry().id()
                                + " comes from a GGUF file with quantised weights: it can be asked, but an adapter"
                                + " trained on it would learn to undo the quantisation. Add the weights in f16 or bf16.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the origin of " + base.directory(), e);
        }
    }

    private static UserError withoutBase(String name) {
        return new UserError(
                ErrorCode.MODEL_NOT_FOUND,
                "model",
                "The model `" + name + "` cannot be tuned further: its base " + ModelName.baseOf(name)
                        + " is no longer in the catalogue. `luthier models list` shows what is.");
    }
}
