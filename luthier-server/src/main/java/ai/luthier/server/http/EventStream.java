package ai.luthier.server.http;

import ai.luthier.api.LuthierException;
import ai.luthier.server.http.request.Json;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Server-sent events as OpenAI writes them: {@code data:} lines without an {@code event:} field, {@code [DONE]} at the end.
 *
 * <p>Nothing is written before the first event, so that what goes wrong before it is still an ordinary error answer. Used by one
 * thread; {@link #open} may be asked by any.
 */
final class EventStream {

    private final Context context;
    private volatile boolean gone;
    private boolean started;

    EventStream(Context context) {
        this.context = context;
    }

    /** Sends one event at once. Does nothing when the client has gone. */
    void send(Object event) {
        line(Json.MAPPER.writeValueAsString(event));
    }

    /** Ends the stream. */
    void done() {
        line("[DONE]");
        end();
    }

    /** Reports what went wrong after the first event; before it, the error is thrown and answered as any other. */
    void fail(LuthierException error) {
        if (!started) {
            throw error;
        }
        Errors.log(RequestId.of(context.res()), error);
        send(Errors.body(error));
        end();
    }

    private void end() {
        try {
            context.res().getOutputStream().close();
        } catch (IOException e) {
            gone = true;
        }
    }

    /** Whether somebody still listens. */
    boolean open() {
        return !gone;
    }

    private void line(String data) {
        if (gone) {
            return;
        }
        try {
            if (!started) {
                started = true;
                context.res().setContentType("text/event-stream; charset=utf-8");
                context.header("cache-control", "no-cache");
                context.header("x-accel-buffering", "no");
            }
            OutputStream out = context.res().getOutputStream();
            out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            gone = true; // The generator sees it before its next token.
        }
    }
}
