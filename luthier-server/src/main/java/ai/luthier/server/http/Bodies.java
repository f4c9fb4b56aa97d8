package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.server.http.request.Json;
import io.javalin.http.Context;
import java.io.EOFException;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** Reads JSON bodies up to a limit. */
final class Bodies {

    private final int limit;

    /** @param limit bytes */
    Bodies(int limit) {
        this.limit = limit;
    }

    /** @throws UserError MALFORMED_JSON or FILE_TOO_LARGE */
    JsonNode json(Context context) {
        if (context.req().getContentLengthLong() > limit) {
            throw tooLarge();
        }
        try {
            byte[] body = context.req().getInputStream().readNBytes(limit + 1);
            if (body.length > limit) {
                throw tooLarge();
            }
            return Json.parse(body);
        } catch (EOFException e) {
            throw new UserError(ErrorCode.MALFORMED_JSON, null, "The request ended before its body was complete.", e);
        } catch (IOException e) {
            throw new UserError(ErrorCode.MALFORMED_JSON, null, "The body of the request could not be read.", e);
        }
    }

    private UserError tooLarge() {
        return new UserError(
                ErrorCode.FILE_TOO_LARGE, null, "The body of the request is larger than " + limit + " bytes.");
    }
}
