package ai.luthier.server.serving;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.export.ExportFormat;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.server.accounts.Caller;
import java.util.function.BooleanSupplier;

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

    /**
     * Writes a model in a format of the outside world and compares it with the one in memory; blocks until both are done.
     *
     * @param name as for {@link #open}
     * @param quantization of the weights in a GGUF file
     * @param wanted false from the moment on at which nobody waits; asked by the thread that calls
     * @return the folder that holds it; the caller closes it, which removes it
     * @throws ai.luthier.api.UserError MODEL_NOT_FOUND, or UNSUPPORTED_VALUE where the model has no such form
     * @throws java.util.concurrent.CancellationException soon after nobody waits any more; nothing is left then
     */
    default ExportedModel export(
            Caller caller, String name, ExportFormat format, Quantization quantization, BooleanSupplier wanted) {
        throw new UserError(ErrorCode.UNSUPPORTED_VALUE, "format", "The models of this host cannot be exported.");
    }
}
