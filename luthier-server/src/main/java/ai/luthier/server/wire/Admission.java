package ai.luthier.server.wire;

import ai.luthier.api.UserError;
import ai.luthier.server.accounts.Caller;

/** Whether a job on a model can be trained here at all, as far as that is known before its files are read. */
@FunctionalInterface
public interface Admission {

    /**
     * Returns where it can.
     *
     * @param model the snapshot of a base, or a fine-tuned model
     * @throws UserError with the reason: {@code UNSUPPORTED_VALUE} for quantised weights, {@code INSUFFICIENT_MEMORY}
     */
    void admit(Caller caller, String model);
}
