package ai.luthier.api;

import org.jspecify.annotations.Nullable;

/** Disk, memory or a quota ran out; what was asked for is undone. */
public final class ResourceExhausted extends LuthierException {

    public ResourceExhausted(ErrorCode code, @Nullable String param, String message) {
        super(code, param, message, null);
    }

    public ResourceExhausted(ErrorCode code, @Nullable String param, String message, @Nullable Throwable cause) {
        super(code, param, message, cause);
    }

    @Override
    public boolean retryable() {
        return code() == ErrorCode.RATE_LIMITED;
    }
}
