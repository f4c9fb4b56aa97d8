package ai.luthier.api;

import org.jspecify.annotations.Nullable;

/** The caller sent something that can never work as it stands: a 4xx, exit code 2, 3 or 5. */
public final class UserError extends LuthierException {

    public UserError(ErrorCode code, @Nullable String param, String message) {
        super(code, param, message, null);
    }

    public UserError(ErrorCode code, @Nullable String param, String message, @Nullable Throwable cause) {
        super(code, param, message, cause);
    }
}
