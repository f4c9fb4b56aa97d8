package ai.luthier.text.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Lines of a byte stream, one at a time, in a buffer that grows to the longest line and never beyond a limit.
 *
 * <p>A line ends at {@code \n}; a {@code \r} before it is not part of the line, nor is a UTF-8 byte order mark at the start
 * of the stream. A line above the limit is skipped byte by byte and shows as {@link #overlong()} with its true length.
 *
 * <p>Not safe for several threads.
 */
final class LineReader implements Closeable {

    /** Bytes a row may have: far above a row of the longest training context, far below what would hurt a small heap. */
    static final int DEFAULT_LIMIT = 8 << 20;

    private static final int FIRST_BUFFER = 256 << 10;

    private final InputStream in;
    private final int limit;

    private byte[] buffer;
    private int filled;
    private int lineStart;
    private int lineEnd;
    private int nextStart;
    private long length;
    private int number;
    private long consumed;

    LineReader(InputStream in, int limit) {
        this.in = in;
        this.limit = limit;
        this.buffer = new byte[Math.min(FIRST_BUFFER, limit + 2)];
    }

    /** Moves to the next line; false at the end of the stream. What was {@link #bytes()} before is then overwritten. */
    boolean next() throws IOException {
        lineStart = nextStart;
        int searched = lineStart;
        while (true) {
            int newline = indexOfNewline(searched, filled);
            if (newline >= 0) {
                return found(newline, newline + 1);
            }
            if (filled - lineStart > limit + 1) {
                return skipOverlong();
            }
            makeRoom();
            searched = filled;
            int read = in.read(buffer, filled, buffer.length - filled);
            if (read < 0) {
                return filled > lineStart && found(filled, filled);
            }
            consumed += read;
            filled += read;
        }
    }

    /** The buffer that holds the line in {@code [start, end)}. */
    byte[] bytes() {
        return buffer;
    }

    int start() {
        return lineStart;
    }

    int end() {
        return lineEnd;
    }

    /** Of the current line, counted from 1. */
    int number() {
        return number;
    }

    /** Bytes of the current line, also of one above the limit. */
    long length() {
        return length;
    }

    /** Whether the line is above the limit; its bytes are then not there. */
    boolean overlong() {
        return length > limit;
    }

    /** Whether the line holds nothing but JSON white space. */
    boolean blank() {
        for (int i = lineStart; i < lineEnd; i++) {
            byte b = buffer[i];
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return !overlong();
    }

    /** Bytes read from the stream so far. */
    long consumed() {
        return consumed;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private int indexOfNewline(int from, int to) {
        for (int i = from; i < to; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private boolean found(int end, int next) {
        number++;
        lineEnd = end > lineStart && buffer[end - 1] == '\r' ? end - 1 : end;
        if (number == 1 && startsWithByteOrderMark()) {
            lineStart += 3;
        }
        length = (long) lineEnd - lineStart;
        nextStart = next;
        if (overlong()) {
            lineStart = lineEnd;
        }
        return true;
    }

    private boolean startsWithByteOrderMark() {
        return lineEnd - lineStart >= 3
                && buffer[lineStart] == (byte) 0xEF
                && buffer[lineStart + 1] == (byte) 0xBB
                && buffer[lineStart + 2] == (byte) 0xBF;
    }

    /** Makes space behind the filled part, first by moving the current line to the front. */
    private void makeRoom() {
        int kept = filled - lineStart;
        if (lineStart > 0) {
            System.arraycopy(buffer, lineStart, buffer, 0, kept);
            lineStart = 0;
            filled = kept;
        }
        if (filled == buffer.length) {
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, limit + 2L));
        }
    }

    /** Reads to the end of a line that is above the limit, keeping none of it. */
    private boolean skipOverlong() throws IOException {
        long skipped = (long) filled - lineStart;
        byte last = buffer[filled - 1];
        while (true) {
            int read = in.read(buffer, 0, buffer.length);
            if (read < 0) {
                filled = 0;
                nextStart = 0;
                break;
            }
            consumed += read;
            filled = read;
            int newline = indexOfNewline(0, read);
            if (newline >= 0) {
                skipped += newline;
                last = newline > 0 ? buffer[newline - 1] : last;
                nextStart = newline + 1;
                break;
            }
            skipped += read;
            last = buffer[read - 1];
        }
        number++;
        length = last == '\r' ? skipped - 1 : skipped;
        lineStart = nextStart;
        lineEnd = nextStart;
        return true;
    }
}
