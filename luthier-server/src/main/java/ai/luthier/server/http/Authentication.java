package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import io.javalin.http.Context;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds out who sent a request, by the key in its {@code Authorization: Bearer} header. */
final class Authentication {

    private static final String CALLER = "luthier.caller";
    private static final int SHOWN_FRONT = 8;
    private static final int SHOWN_BACK = 4;

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
        String key = header.substring("bearer ".length()).strip();
        Caller caller = keys.authenticate(key)
                .orElseThrow(() -> new UserError(
                        ErrorCode.INVALID_API_KEY,
                        null,
                        "Incorrect API key provided: " + mask(key)
                                + ". You can list and make the keys of this server with 'luthier keys'."));
        context.attribute(CALLER, caller);
    }

    /** The caller of a request that passed {@link #require}. */
    static Caller caller(Context context) {
        @Nullable Caller caller = context.attribute(CALLER);
        if (caller == null) {
            throw new IllegalStateException("a route that needs a caller is not behind authentication");
        }
        return caller;
    }

    /** The ends of a key with stars between them, as OpenAI writes it; nothing of a short one. */
    static String mask(String key) {
        if (key.length() <= 2 * (SHOWN_FRONT + SHOWN_BACK)) {
            return "*".repeat(Math.min(key.length(), SHOWN_FRONT));
        }
        return key.substring(0, SHOWN_FRONT)
                + "*".repeat(Math.min(key.length() - SHOWN_FRONT - SHOWN_BACK, 28))
                + key.substring(key.length() - SHOWN_BACK);
    }
}
