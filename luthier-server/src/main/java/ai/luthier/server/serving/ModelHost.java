package ai.luthier.server.serving;

import ai.luthier.server.accounts.Caller;

/** Resolves names to models that can answer. */
public interface ModelHost {

    /**
     * Opens a model for one request and loads it where needed; blocks until it can answer.
     *
     * @param caller whose organisation's model it must be, unless it is a base
     * @param name a base, an alias of one, a fine-tuned model or one of its snapshots
     * @throws ai.luthier.api.UserError MODEL_NOT_FOUND
     */
    ServedModel open(Caller caller, String name);
}
