package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.server.accounts.Caller;
import io.javalin.http.Context;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds out who sent a request, by the key in its {@code Authorization: Bearer} header. */
final class Authentication {

    private static final String CALLER = "luthier.caller";

    private final Backend.Keys keys;

    Authentication(Backend.Keys keys) {
        this.keys = keys;
    }

    /**
     * Remembers the caller of the request.
     *
     * @throws UserError INVALID_API_KEY
     */
    void require(Context context) {
        @Nullable String header = context.header("Authorization");
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith("bearer ") || header.length() < 8) {
            throw new UserError(
                    ErrorCode.INVALID_API_KEY,
                    null,
                    "You didn't provide an API key. You need to provide your API key in an Authorization header using"
                            + " Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can make one with 'luthier keys"
                            + " add'.");
        }
        context.attribute(
                CALLER, keys.authenticate(header.substring("bearer ".length()).strip()));
    }

    /** The caller of a request that passed {@link #require}. */
    static Caller caller(Context context) {
        @Nullable Caller caller = context.attribute(CALLER);
        if (caller == null) {
            throw new IllegalStateException("a route that needs a caller is not behind authentication");
        }
        return caller;
    }
}
