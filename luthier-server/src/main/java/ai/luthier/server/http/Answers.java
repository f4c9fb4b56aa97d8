package ai.luthier.server.http;

import ai.luthier.server.http.request.Json;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;

/** Writes JSON answers. */
final class Answers {

    private Answers() {}

    /** Answers with a record of the wire and the status that is set, 200 unless told otherwise. */
    static void json(Context context, Object body) {
        context.contentType("application/json").result(Json.MAPPER.writeValueAsBytes(body));
    }

    /** As {@link #json}, sent before this returns: a server that goes down waits for it. */
    static void jsonNow(Context context, Object body) {
        byte[] bytes = Json.MAPPER.writeValueAsBytes(body);
        try (OutputStream out = context.res().getOutputStream()) {
            context.res().setContentType("application/json");
            context.res().setContentLength(bytes.length);
            out.write(bytes);
        } catch (IOException e) {
            throw new ClientGone(e);
        }
    }
}
