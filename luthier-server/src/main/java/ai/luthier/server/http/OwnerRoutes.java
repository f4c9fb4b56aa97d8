package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.wire.Deleted;
import ai.luthier.api.wire.ListPage;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.http.request.OwnerRequestReader;
import ai.luthier.server.http.request.OwnerRequestReader.NewKey;
import io.javalin.http.Context;

/** {@code /luthier/keys} and {@code /luthier/models}: what the commands of the same name do while a server runs. */
final class OwnerRoutes {

    private final Backend.Owner owner;
    private final Bodies bodies;

    OwnerRoutes(Backend.Owner owner, Bodies bodies) {
        this.owner = owner;
        this.bodies = bodies;
    }

    /** @throws UserError PERMISSION_DENIED for a key that is not the owner's */
    static void requireOwner(Context context) {
        if (Authentication.caller(context).role() != Caller.Role.ADMIN) {
            throw new UserError(
                    ErrorCode.PERMISSION_DENIED,
                    null,
                    "Keys and bases belong to the owner of this server; this key is for the API under /v1 only. Use the"
                            + " owner's key, or the luthier command on the server's machine.");
        }
    }

    void keys(Context context) {
        Answers.json(context, ListPage.whole(owner.keys()));
    }

    void addKey(Context context) {
        NewKey key = OwnerRequestReader.key(bodies.json(context));
        Answers.json(context, owner.addKey(key.name(), key.admin(), key.value()));
    }

    void revokeKey(Context context) {
        String id = context.pathParam("id");
        owner.revokeKey(id);
        Answers.json(context, new Deleted(id, "luthier.key", true));
    }

    void bases(Context context) {
        Answers.json(context, ListPage.whole(owner.bases()));
    }

    void addBase(Context context) {
        Answers.json(context, owner.addBase(OwnerRequestReader.base(bodies.json(context))));
    }

    void removeBase(Context context) {
        String id = context.pathParam("id");
        owner.removeBase(id);
        Answers.json(context, new Deleted(id, "luthier.model", true));
    }
}
