package ai.luthier.server.training;

import ai.luthier.server.accounts.Caller;

/** Finds the model that a job names. */
@FunctionalInterface
public interface TrainableModels {

    /**
     * The model, ready on this machine's disk.
     *
     * @param name a base, an alias of one, or a fine-tuned model of the caller's organisation
     * @throws ai.luthier.api.UserError {@code MODEL_NOT_FOUND}
     */
    TrainableModel find(Caller caller, String name);
}
