package ai.luthier.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one root of everything Luthier throws on purpose. The message says what is wrong, with which value, and what to do
 * next; it is shown to users as it stands.
 */
public abstract sealed class LuthierException extends RuntimeException
        permits UserError, Conflict, ResourceExhausted, Unavailable, Internal {

    private final ErrorCode code;
    private final @Nullable String param;

    LuthierException(ErrorCode code, @Nullable String param, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.param = param;
    }

    public ErrorCode code() {
        return code;
    }

    /** The request field, configuration key or command-line option at fault, if one is. */
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    /** The message, never null. */
    public String text() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }

    /** Whether the same call can succeed later without a change by the caller. */
    public boolean retryable() {
        return false;
    }
}
