package ai.luthier.server.store;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.ResourceExhausted;
import ai.luthier.api.UserError;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL refuses for a reason that lies outside of Luthier, in Luthier's words. Stateless. */
final class Refusals {

    /** Characters that PostgreSQL cannot store: character_not_in_repertoire, untranslatable_character. */
    private static final Set<String> UNSTORABLE = Set.of("22021", "22P05");
    /** Wrong password or user, or no such database. */
    private static final Set<String> NO_ENTRY = Set.of("28P01", "28000", "3D000");

    private Refusals() {}

    /** The refusal behind {@code failure}; {@code failure} itself where it is none of these. */
    static RuntimeException translate(RuntimeException failure) {
        @Nullable String state = state(failure);
        if (state == null) {
            return failure;
        }
        if (UNSTORABLE.contains(state)) {
            return new UserError(
                    ErrorCode.INVALID_VALUE,
                    null,
                    "A text holds a NUL character (\\u0000), which cannot be stored.",
                    failure);
        }
        if (state.equals("53100")) {
            return new ResourceExhausted(
                    ErrorCode.DISK_FULL,
                    null,
                    "The disk of the database is full; nothing was stored. Free some space.",
                    failure);
        }
        if (NO_ENTRY.contains(state)) {
            return new UserError(
                    ErrorCode.INVALID_CONFIGURATION,
                    "database.url",
                    "The database refuses the connection: " + root(failure).getMessage() + ". Check database.url.",
                    failure);
        }
        return failure;
    }

    private static @Nullable String state(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return null;
    }

    private static Throwable root(Throwable failure) {
        Throwable t = failure;
        while (t.getCause() != null) {
            t = t.getCause();
        }
        return t;
    }
}
