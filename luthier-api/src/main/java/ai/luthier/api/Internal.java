package ai.luthier.api;

import org.jspecify.annotations.Nullable;

/** A fault of Luthier itself. Every one that a user sees is a defect. */
public final class Internal extends LuthierException {

    public Internal(ErrorCode code, @Nullable String param, String message) {
        super(code, param, message, null);
    }

    public Internal(ErrorCode code, @Nullable String param, String message, @Nullable Throwable cause) {
        super(code, param, message, cause);
    }
}
