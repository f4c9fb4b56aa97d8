package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The parts of a multipart body, one after the other, as they come in.
 *
 * <p>A servlet's own parser writes every part to a file first and takes a part without a filename for a form field; this one hands
 * the bytes on as they arrive, so that an upload touches the disk once and never the heap as a whole. The body is searched for
 * {@code CRLF--boundary}; up to that many bytes are held back at the end of the buffer, since a boundary may straddle two reads.
 *
 * <p>Not safe for several threads.
 */
final class Multipart {

    private static final int BUFFER = 64 << 10;
    private static final int HEADER_LIMIT = 16 << 10;

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[BUFFER];
    private int start;
    private int end;
    private Part current;

    /**
     * A part whose bytes are still to be read.
     *
     * @param bytes ends where the part ends; what is not read is skipped when the next part is asked for
     */
    record Part(String name, Optional<String> filename, InputStream bytes) {}

    /** @param boundary as the content type gives it, without quotes and dashes */
    Multipart(InputStream in, String boundary) {
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // The first boundary needs no line break before it; with one in front, it is like all others.
        buffer[0] = '\r';
        buffer[1] = '\n';
        this.end = 2;
        this.current = new Part("preamble", Optional.empty(), new Body());
    }

    /** The boundary in a content type; empty where it is not multipart/form-data with one. */
    static Optional<String> boundary(String contentType) {
        if (!contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            return Optional.empty();
        }
        return HeaderParameters.of(contentType, "boundary").filter(boundary -> !boundary.isEmpty());
    }

    /** The next part, empty after the last. */
    Optional<Part> next() throws IOException {
        current.bytes().transferTo(java.io.OutputStream.nullOutputStream());
        start += delimiter.length;
        if (byteAt(0) == '-' && byteAt(1) == '-') {
            return Optional.empty();
        }
        skipToLineEnd();
        String name = "";
        Optional<String> filename = Optional.empty();
        for (String line = headerLine(); !line.isEmpty(); line = headerLine()) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-disposition:")) {
                name = HeaderParameters.of(line, "name").orElse("");
                filename = HeaderParameters.of(line, "filename");
            }
        }
        if (name.isEmpty()) {
            throw malformed("a part has no name in its Content-Disposition");
        }
        // The line break before a boundary belongs to it, and an empty part has only the one that ended its headers.
        current = new Part(name, filename, new Body());
        return Optional.of(current);
    }

    private void skipToLineEnd() throws IOException {
        while (byteAt(0) == ' ' || byteAt(0) == '\t') {
            start++;
        }
        if (byteAt(0) != '\r' || byteAt(1) != '\n') {
            throw malformed("the boundary is followed by other text");
        }
        start += 2;
    }

    private String headerLine() throws IOException {
        int length = 0;
        while (byteAt(length) != '\n') {
            length++;
            if (length > HEADER_LIMIT) {
                throw malformed("a header of a part is longer than " + HEADER_LIMIT + " bytes");
            }
        }
        String line = new String(buffer, start, length, StandardCharsets.UTF_8);
        start += length + 1;
        return line.strip();
    }

    /** The byte at an offset from the start of what is buffered; reads on where needed. */
    private int byteAt(int offset) throws IOException {
        while (start + offset >= end) {
            fill();
        }
        return buffer[start + offset];
    }

    private void fill() throws IOException {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        int read = in.read(buffer, end, buffer.length - end);
        if (read < 0) {
            throw new EOFException("the body ended before the closing boundary of its parts");
        }
        end += read;
    }

    private int find() {
        for (int i = start; i < end; i++) {
            if (buffer[i] == '\r') {
                int length = Math.min(delimiter.length, end - i);
                if (Arrays.equals(buffer, i, i + length, delimiter, 0, length)) {
                    return i;
                }
            }
        }
        return end;
    }

    private static UserError malformed(String what) {
        return new UserError(
                ErrorCode.INVALID_VALUE,
                null,
                "The multipart body cannot be read: " + what + ". Send multipart/form-data.");
    }

    /** The bytes up to the next boundary. */
    private final class Body extends InputStream {

        /** Bytes in [start, clear) belong to this part for sure. */
        private int clear;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (start >= clear) {
                clear = find();
                while (clear == start && end - start < delimiter.length) {
                    fill();
                    clear = find();
                }
                if (clear == start) {
                    return -1;
                }
            }
            int count = Math.min(length, clear - start);
            System.arraycopy(buffer, start, target, offset, count);
            start += count;
            return count;
        }
    }
}
