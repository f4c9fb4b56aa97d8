package ai.luthier.text.corpus;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of tokens as a pretraining run reads them: two bytes a token, the top bit set where the token is only read and not learnt.
 *
 * <p>On disk, little endian: {@code int} number of rows, then per row {@code int} length and that many {@code short}s.
 */
public record TokenRows(List<short[]> rows) {

    private static final int READ_ONLY = 0x8000;

    public TokenRows {
        rows = List.copyOf(rows);
    }

    /** The id at a position. */
    public static int id(short token) {
        return token & 0x7FFF;
    }

    /** Whether predicting the token counts in the loss. */
    public static boolean learnt(short token) {
        return (token & READ_ONLY) == 0;
    }

    static short token(int id, boolean learnt) {
        if (id >= READ_ONLY) {
            throw new IllegalArgumentException(
                    "token id " + id + " does not fit; the largest vocabulary here is " + READ_ONLY);
        }
        return (short) (learnt ? id : id | READ_ONLY);
    }

    /** The number of tokens of all rows. */
    public long tokens() {
        return rows.stream().mapToLong(row -> row.length).sum();
    }

    /** Writes the file completely or not at all. */
    public void write(Path file) throws IOException {
        var bytes = ByteBuffer.allocate(Math.toIntExact(4 + 4L * rows.size() + 2 * tokens()))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(rows.size());
        for (short[] row : rows) {
            bytes.putInt(row.length);
            for (short token : row) {
                bytes.putShort(token);
            }
        }
        Path partial = Files.write(file.resolveSibling(file.getFileName() + ".partial"), bytes.array());
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    public static TokenRows read(Path file) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        var rows = new ArrayList<short[]>();
        for (int remaining = bytes.getInt(); remaining > 0; remaining--) {
            var row = new short[bytes.getInt()];
            bytes.asShortBuffer().get(row);
            bytes.position(bytes.position() + 2 * row.length);
            rows.add(row);
        }
        return new TokenRows(rows);
    }
}
