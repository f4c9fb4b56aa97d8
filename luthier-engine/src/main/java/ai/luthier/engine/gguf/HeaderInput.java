package ai.luthier.engine.gguf;

import ai.luthier.api.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads a header from its first byte on, a buffer at a time, and refuses whatever reaches beyond the end of the file. For one
 * thread.
 */
final class HeaderInput {

    /** A chat template has some kilobytes, a token some bytes. */
    private static final int MAX_TEXT = 1 << 24;

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long next;

    HeaderInput(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.size = channel.size();
    }

    /** Bytes of the whole file. */
    long size() {
        return size;
    }

    /** The place of the next byte in the file. */
    long position() {
        return next - buffer.remaining();
    }

    byte int8(String what) throws IOException {
        return need(1, what).get();
    }

    short int16(String what) throws IOException {
        return need(2, what).getShort();
    }

    int int32(String what) throws IOException {
        return need(4, what).getInt();
    }

    long int64(String what) throws IOException {
        return need(8, what).getLong();
    }

    MetadataType type(String key) throws IOException {
        int code = int32("the type of '" + key + "'");
        return MetadataType.of(code)
                .orElseThrow(() -> refuse(
                        "gives '" + key + "' the type " + Integer.toUnsignedString(code) + ", which does not exist."));
    }

    /** A number of things, each of which takes at least so many bytes of what is left of the file. */
    long count(String things, long most, int leastBytes) throws IOException {
        long count = int64("the number of " + things);
        long left = size - position();
        if (count < 0 || count > most || count > left / leastBytes) {
            throw refuse("says that it has " + Long.toUnsignedString(count) + " " + things + ", but only " + left
                    + " bytes follow (and " + most + " are the limit). It is truncated or damaged.");
        }
        return count;
    }

    String text(String what) throws IOException {
        long length = int64(what);
        if (length < 0 || length > MAX_TEXT || length > size - position()) {
            throw refuse("says that " + what + " has " + Long.toUnsignedString(length) + " bytes, but only "
                    + (size - position()) + " follow (and " + MAX_TEXT
                    + " are the limit). It is truncated or damaged.");
        }
        byte[] bytes = new byte[(int) length];
        int done = Math.min(bytes.length, buffer.remaining());
        buffer.get(bytes, 0, done);
        ByteBuffer rest = ByteBuffer.wrap(bytes, done, bytes.length - done);
        while (rest.hasRemaining()) {
            int read = channel.read(rest, next);
            if (read < 0) {
                throw ended(what);
            }
            next += read;
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The buffer with at least so many bytes in it. */
    private ByteBuffer need(int bytes, String what) throws IOException {
        if (buffer.remaining() < bytes) {
            buffer.compact();
            while (buffer.position() < bytes) {
                int read = channel.read(buffer, next);
                if (read < 0) {
                    throw ended(what);
                }
                next += read;
            }
            buffer.flip();
        }
        return buffer;
    }

    private UserError ended(String what) {
        return refuse("ends before " + what + ". It is truncated.");
    }

    UserError refuse(String what) {
        return GgufHeader.refuse(file, what);
    }
}
