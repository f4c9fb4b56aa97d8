package ai.luthier.server.http;

import io.javalin.http.Context;
import java.util.List;
import java.util.Map;

/** {@code GET /health}: 200 when the server can do its work, else 503 with what is missing. Needs no key. */
final class HealthRoute {

    private final Backend.Health health;

    HealthRoute(Backend.Health health) {
        this.health = health;
    }

    void answer(Context context) {
        List<String> missing = health.missing();
        context.status(missing.isEmpty() ? 200 : 503);
        Answers.json(context, Map.of("status", missing.isEmpty() ? "ok" : "starting", "missing", missing));
    }
}
