package ai.luthier.server.http;

import static ai.luthier.server.http.Authentication.caller;

import ai.luthier.api.wire.ListPage;
import io.javalin.http.Context;

/** {@code /v1/models}. Ids carry raw colons, and slashes where a model came from a hub. */
final class ModelRoutes {

    private final Backend.Models models;

    ModelRoutes(Backend.Models models) {
        this.models = models;
    }

    void list(Context context) {
        Answers.json(context, ListPage.whole(models.list(caller(context))));
    }

    void retrieve(Context context) {
        Answers.json(context, models.retrieveModel(caller(context), context.pathParam("id")));
    }

    void delete(Context context) {
        Answers.json(context, models.delete(caller(context), context.pathParam("id")));
    }
}
