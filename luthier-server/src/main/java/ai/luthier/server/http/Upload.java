package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.wire.FileObject;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.http.request.Complaint;
import io.javalin.http.Context;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One upload: the parts of a form in whatever order they come, the file straight to where it will stay.
 *
 * <p>The purpose may come after the file, so nothing is known about the bytes while they come in. They are written to a place of
 * their own and become a file only when the form is complete and right; an error, a client that goes away and a full disk all
 * leave nothing. A file part without a filename is a file all the same: the official Java SDK sends it so.
 */
final class Upload {

    private static final int FIELD_LIMIT = 16 << 10;
    private static final int FORM_OVERHEAD = 64 << 10;
    private static final List<String> PURPOSES =
            List.of("assistants", "batch", "fine-tune", "vision", "user_data", "evals");
    private static final List<String> FIELDS = List.of("purpose", "expires_after[anchor]", "expires_after[seconds]");
    private static final long SHORTEST_LIFE = 3600;
    private static final long LONGEST_LIFE = 2_592_000;

    private final Multipart form;
    private final long limit;
    private final Map<String, String> fields = new HashMap<>();

    private Upload(Multipart form, long limit) {
        this.form = form;
        this.limit = limit;
    }

    /** Reads the form of a request and keeps its file. */
    static FileObject receive(Context context, Backend.Files files, long limit) {
        Optional<String> contentType = Optional.ofNullable(context.req().getContentType());
        String boundary =
                contentType.flatMap(Multipart::boundary).orElseThrow(() -> FileRoutes.notMultipart(contentType));
        if (context.req().getContentLengthLong() > limit + FORM_OVERHEAD) {
            throw tooLarge(limit);
        }
        try {
            var upload = new Upload(new Multipart(context.req().getInputStream(), boundary), limit);
            return upload.receive(Authentication.caller(context), files);
        } catch (IOException | UncheckedIOException e) {
            // Whoever is still there to read it broke off on purpose; to all others it goes unread.
            throw new UserError(
                    ErrorCode.INVALID_FILE,
                    "file",
                    "The upload ended before its form was complete; nothing was kept. Send the file again.",
                    e);
        }
    }

    private FileObject receive(Caller caller, Backend.Files files) throws IOException {
        Optional<Multipart.Part> file = nextFile();
        if (file.isEmpty()) {
            throw Complaint.missing("file");
        }
        String filename = file.get()
                .filename()
                .map(Upload::withoutFolders)
                .filter(name -> !name.isBlank())
                .orElse("file");
        return files.upload(caller, new LimitedStream(file.get().bytes(), limit), () -> describe(filename));
    }

    /** Some clients send the path on their disk; only its last part is a name (RFC 7578, 4.2). */
    private static String withoutFolders(String filename) {
        return filename.substring(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1);
    }

    /** Takes in fields up to the next file; empty at the end of the form. */
    private Optional<Multipart.Part> nextFile() throws IOException {
        for (Optional<Multipart.Part> next = form.next(); next.isPresent(); next = form.next()) {
            Multipart.Part part = next.get();
            if (part.name().equals("file")) {
                return next;
            }
            if (!FIELDS.contains(part.name())) {
                throw new UserError(
                        ErrorCode.UNRECOGNIZED_ARGUMENT,
                        null,
                        "Unrecognized request argument supplied: " + part.name());
            }
            fields.put(part.name(), text(part));
        }
        return Optional.empty();
    }

    /** Reads the rest of the form and says what the file is. */
    private Backend.FileDescription describe(String filename) {
        try {
            if (nextFile().isPresent()) {
                throw Complaint.invalid("file", "More than one 'file' was sent. Send one file with each upload.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String purpose = fields.get("purpose");
        if (purpose == null) {
            throw Complaint.missing("purpose");
        }
        if (!PURPOSES.contains(purpose)) {
            throw Complaint.notOneOf("purpose", purpose, PURPOSES);
        }
        return new Backend.FileDescription(filename, purpose, expiry());
    }

    private static String text(Multipart.Part part) throws IOException {
        byte[] bytes = part.bytes().readNBytes(FIELD_LIMIT + 1);
        if (bytes.length > FIELD_LIMIT) {
            throw Complaint.invalid(part.name(), "'" + part.name() + "' is longer than " + FIELD_LIMIT + " bytes.");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private @Nullable Long expiry() {
        String anchor = fields.get("expires_after[anchor]");
        String seconds = fields.get("expires_after[seconds]");
        if (anchor == null && seconds == null) {
            return null;
        }
        if (anchor == null || seconds == null) {
            throw Complaint.missing(anchor == null ? "expires_after[anchor]" : "expires_after[seconds]");
        }
        if (!anchor.equals("created_at")) {
            throw Complaint.notOneOf("expires_after[anchor]", anchor, List.of("created_at"));
        }
        try {
            long life = Long.parseLong(seconds.strip());
            if (life >= SHORTEST_LIFE && life <= LONGEST_LIFE) {
                return life;
            }
        } catch (NumberFormatException e) {
            // Falls through to the refusal, which shows the text.
        }
        throw Complaint.invalid(
                "expires_after[seconds]",
                "Invalid 'expires_after[seconds]': expected an integer from " + SHORTEST_LIFE + " to " + LONGEST_LIFE
                        + ", but got '" + seconds + "' instead.");
    }

    private static UserError tooLarge(long limit) {
        return new UserError(
                ErrorCode.FILE_TOO_LARGE,
                "file",
                "The file is larger than " + limit + " bytes (" + (limit >> 20)
                        + " MiB), the most that one upload may have. Split it.");
    }

    /** Refuses what is longer than a limit as soon as it is. */
    private static final class LimitedStream extends FilterInputStream {

        private final long limit;
        private long total;

        LimitedStream(InputStream in, long limit) {
            super(in);
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = in.read(target, offset, length);
            total += Math.max(count, 0);
            if (total > limit) {
                throw tooLarge(limit);
            }
            return count;
        }
    }
}
