package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.LuthierException;
import ai.luthier.api.UserError;
import ai.luthier.api.wire.ErrorBody;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever a route throws into OpenAI's error body, with the headers that tell an SDK whether to try again. */
final class Errors {

    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

    /** An SDK obeys this before its own table of statuses. */
    static final String SHOULD_RETRY = "x-should-retry";

    private Errors() {}

    static void register(RoutesConfig routes) {
        routes.exception(ClientGone.class, (gone, context) -> LOG.debug("client left {}", context.path()));
        routes.exception(
                HttpResponseException.class, (error, context) -> answer(context, fromWebServer(error, context)));
        routes.exception(LuthierException.class, (error, context) -> answer(context, error));
        routes.exception(Exception.class, (error, context) -> answer(context, unexpected(error)));
    }

    private static LuthierException fromWebServer(HttpResponseException error, Context context) {
        String call = context.req().getMethod() + " " + context.req().getRequestURI();
        return switch (error.getStatus()) {
            case 404 ->
                new UserError(
                        ErrorCode.UNKNOWN_URL, null, "Invalid URL (" + call + "). The API is under /v1; see its list.");
            case 405 ->
                new UserError(
                        ErrorCode.METHOD_NOT_ALLOWED,
                        null,
                        "Not allowed to " + context.req().getMethod() + " on "
                                + context.req().getRequestURI()
                                + ". (HINT: Perhaps you meant to use a different HTTP method?)");
            case 413 -> new UserError(ErrorCode.FILE_TOO_LARGE, null, "The request is too large.");
            default -> {
                String text = error.getMessage() == null ? "The request cannot be read." : error.getMessage();
                yield error.getStatus() < 500 ? new UserError(ErrorCode.INVALID_VALUE, null, text) : unexpected(error);
            }
        };
    }

    /** A fault of ours: the client learns the request id, the log the rest. */
    static LuthierException unexpected(Throwable error) {
        return new Internal(
                ErrorCode.INTERNAL,
                null,
                "The server had an error while processing your request. Its log has the details under this answer's"
                        + " x-request-id.",
                error);
    }

    private static void answer(Context context, LuthierException error) {
        String id = RequestId.of(context.res());
        log(id, error);
        if (context.res().isCommitted()) {
            return; // A stream reports its own errors; the status line is long gone.
        }
        Leftover.discard(context);
        context.status(error.code().status());
        context.header(SHOULD_RETRY, String.valueOf(error.retryable()));
        if (error.retryable()) {
            context.header("retry-after", "1");
        }
        Answers.json(context, body(error));
    }

    static void log(String id, LuthierException error) {
        if (error.code() == ErrorCode.INTERNAL) {
            LOG.error("{} failed", id, error);
        } else {
            LOG.debug("{} refused: {}", id, error.text());
        }
    }

    static ErrorBody body(LuthierException error) {
        return ErrorBody.of(
                error.text(),
                error.code().type(),
                error.param().orElse(null),
                error.code().wireCode().orElse(null));
    }
}
