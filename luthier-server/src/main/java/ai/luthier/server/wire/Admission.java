package ai.luthier.server.wire;

import ai.luthier.api.UserError;
import ai.luthier.server.accounts.Caller;
import ai.luthier.text.data.JobMethod;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a job on a model can be trained here at all, as far as that is known before its files are read. */
@FunctionalInterface
public interface Admission {

    /**
     * Returns where it can.
     *
     * @param model the snapshot of a base, or a fine-tuned model
     * @param method of the job
     * @param chosen the job's object {@code luthier}; null for none
     * @throws UserError with the reason: {@code UNSUPPORTED_VALUE} for quantised weights, {@code INSUFFICIENT_MEMORY}
     */
    void admit(Caller caller, String model, JobMethod method, @Nullable Map<String, Object> chosen);
}
