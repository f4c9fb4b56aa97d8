package ai.luthier.text.data;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The light check of an upload with purpose {@code fine-tune}: only what is not UTF-8 or not JSONL is refused at once,
 * everything about rows is left to the job. Thread-safe.
 */
public final class UploadCheck {

    private UploadCheck() {}

    /**
     * Copies an upload while checking it, in bounded memory; returns the bytes copied. Closes neither stream.
     *
     * @throws UserError ({@link ErrorCode#INVALID_FILE}) at the first line that is not UTF-8 or not a JSON object; the
     *     copy is then incomplete
     * @throws IOException from either stream
     */
    public static long copy(InputStream from, OutputStream to) throws IOException {
        try (LineReader lines = new LineReader(new Copying(from, to), LineReader.DEFAULT_LIMIT)) {
            int rows = 0;
            while (lines.next()) {
                if (!lines.blank()) {
                    rows++;
                    line(lines);
                }
            }
            if (rows == 0) {
                throw refused("The file is empty.");
            }
            return lines.consumed();
        }
    }

    /**
     * Checks an upload that is already on disk.
     *
     * @throws UserError ({@link ErrorCode#INVALID_FILE}) as {@link #copy}
     */
    public static void check(Path content) {
        try (InputStream in = Files.newInputStream(content)) {
            copy(in, OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("Reading " + content, e);
        }
    }

    private static void line(LineReader lines) {
        if (lines.overlong()) {
            return; // the job says so, with the length
        }
        int malformed = Utf8.firstMalformed(lines.bytes(), lines.start(), lines.end());
        if (malformed >= 0) {
            throw new UserError(
                    ErrorCode.INVALID_FILE,
                    null,
                    "Invalid file format. Line " + lines.number() + ": " + Validation.notUtf8(lines, malformed) + ".");
        }
        if (!isJsonObject(lines)) {
            throw refused(String.format(
                    Locale.ROOT,
                    "Line %d starts with: \"%s\"",
                    lines.number(),
                    JsonLines.excerpt(lines.bytes(), lines.start(), lines.end())));
        }
    }

    private static boolean isJsonObject(LineReader lines) {
        try (JsonParser json = JsonLines.parser(lines.bytes(), lines.start(), lines.end())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            json.skipChildren();
            return json.nextToken() == null;
        } catch (JacksonException e) {
            return false;
        }
    }

    private static UserError refused(String which) {
        return new UserError(
                ErrorCode.INVALID_FILE,
                null,
                "Expected file to have JSONL format, where every line is a valid JSON dictionary. " + which);
    }

    /** Reads through and writes what was read; leaves both streams open. */
    private static final class Copying extends InputStream {
        private final InputStream from;
        private final OutputStream to;

        Copying(InputStream from, OutputStream to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public int read() throws IOException {
            int value = from.read();
            if (value >= 0) {
                to.write(value);
            }
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = from.read(bytes, offset, length);
            if (read > 0) {
                to.write(bytes, offset, read);
            }
            return read;
        }
    }
}
