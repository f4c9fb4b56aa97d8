package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.wire.ErrorBody;
import ai.luthier.server.http.request.Json;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** OpenAI's error body for requests that the web server refuses before a route sees them, such as a broken request line. */
final class JsonErrorHandler extends ErrorHandler {

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        if (response.getHeaders().get(RequestId.HEADER) == null) {
            response.getHeaders().put(RequestId.HEADER, RequestId.make());
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(Errors.SHOULD_RETRY, "false");
        String type = (code < 500 ? ErrorCode.INVALID_VALUE : ErrorCode.INTERNAL).type();
        String text = message == null ? "The request was refused with status " + code + "." : message;
        byte[] body = Json.MAPPER.writeValueAsBytes(ErrorBody.of(text, type, null, null));
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
