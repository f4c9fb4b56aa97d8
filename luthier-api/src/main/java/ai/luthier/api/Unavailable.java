package ai.luthier.api;

import org.jspecify.annotations.Nullable;

/** A part that the call needs is away for the moment: starting, stopping, or unreachable. */
public final class Unavailable extends LuthierException {

    public Unavailable(ErrorCode code, @Nullable String param, String message) {
        super(code, param, message, null);
    }

    public Unavailable(ErrorCode code, @Nullable String param, String message, @Nullable Throwable cause) {
        super(code, param, message, cause);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
