package ai.luthier.server.http;

import static ai.luthier.server.http.Authentication.caller;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.wire.FileObject;
import ai.luthier.server.http.request.Complaint;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /v1/files}. */
final class FileRoutes {

    private static final int MOST_LISTED = 10_000;
    private static final List<String> PURPOSES = List.of(
            "assistants",
            "assistants_output",
            "batch",
            "batch_output",
            "fine-tune",
            "fine-tune-results",
            "vision",
            "user_data",
            "evals");

    private final Backend.Files files;
    private final HttpSettings settings;

    FileRoutes(Backend.Files files, HttpSettings settings) {
        this.files = files;
        this.settings = settings;
    }

    void create(Context context) {
        FileObject file = Upload.receive(context, files, settings.uploadLimit());
        Answers.json(context, file);
    }

    void list(Context context) {
        @Nullable String purpose = context.queryParam("purpose");
        if (purpose != null && !PURPOSES.contains(purpose)) {
            throw Complaint.notOneOf("purpose", purpose, PURPOSES);
        }
        int limit = Query.boundedLimit(context, MOST_LISTED, MOST_LISTED);
        Answers.json(
                context,
                files.list(
                        caller(context),
                        new Backend.FileQuery(purpose, Query.after(context), limit, Query.ascending(context))));
    }

    void retrieve(Context context) {
        Answers.json(context, files.retrieve(caller(context), context.pathParam("id")));
    }

    void delete(Context context) {
        Answers.json(context, files.delete(caller(context), context.pathParam("id")));
    }

    void content(Context context) {
        Backend.Content content = files.content(caller(context), context.pathParam("id"));
        boolean encoded = settings.resultsAsBase64() && content.purpose().equals("fine-tune-results");
        try (var bytes = content.bytes()) {
            context.contentType("application/octet-stream");
            context.header("content-disposition", "attachment; filename=\"" + plain(content.filename()) + "\"");
            if (encoded) {
                context.result(Base64.getEncoder().encode(bytes.readAllBytes()));
                return;
            }
            context.res().setContentLengthLong(content.length());
            OutputStream out = context.res().getOutputStream();
            bytes.transferTo(out);
            out.flush();
        } catch (IOException e) {
            throw new ClientGone(e);
        }
    }

    /** A name that cannot break out of a header. */
    private static String plain(String filename) {
        return new String(filename.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII)
                .replaceAll("[\\p{Cntrl}\"\\\\]", "_");
    }

    /** The error for a multipart body that is none. */
    static UserError notMultipart(Optional<String> contentType) {
        return new UserError(
                ErrorCode.INVALID_VALUE,
                null,
                "Invalid content type: expected multipart/form-data with a boundary, but got "
                        + contentType.map(type -> "'" + type + "'").orElse("none")
                        + ". Send the fields 'purpose' and 'file' as a form.");
    }
}
