package ai.luthier.api;

import org.jspecify.annotations.Nullable;

/** The call is sound, the state of the object forbids it now. */
public final class Conflict extends LuthierException {

    public Conflict(ErrorCode code, @Nullable String param, String message) {
        super(code, param, message, null);
    }

    public Conflict(ErrorCode code, @Nullable String param, String message, @Nullable Throwable cause) {
        super(code, param, message, cause);
    }

    @Override
    public boolean retryable() {
        return code() == ErrorCode.BUSY;
    }
}
