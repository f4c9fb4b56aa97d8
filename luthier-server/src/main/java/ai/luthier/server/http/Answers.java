package ai.luthier.server.http;

import ai.luthier.server.http.request.Json;
import io.javalin.http.Context;

/** Writes JSON answers. */
final class Answers {

    private Answers() {}

    /** Answers with a record of the wire and the status that is set, 200 unless told otherwise. */
    static void json(Context context, Object body) {
        context.contentType("application/json").result(Json.MAPPER.writeValueAsBytes(body));
    }
}
