package ai.luthier.text.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Writes large files for tests and measurements, the same bytes for the same arguments. */
final class LargeFiles {

    private static final String[] WORDS = {
        "the",
        "lute",
        "maker",
        "sang",
        "of",
        "spruce",
        "and",
        "maple",
        "while",
        "rain",
        "fell",
        "on",
        "a",
        "small",
        "town",
        "Zürich",
        "naïve",
        "\\\"so\\\"",
        "said\\n",
        "—",
        "弦",
        "tuned",
        "strings",
        "until",
        "evening",
        "came"
    };

    private LargeFiles() {}

    /** A sound row, one line of {@code bytes} bytes, ten sound rows. */
    static void writeLongLine(Path path, int bytes) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
            out.write((TrainingFiles.GOOD.formatted(100) + "\n").getBytes(StandardCharsets.UTF_8));
            byte[] block = "x".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
            for (int left = bytes; left > 0; left -= block.length) {
                out.write(block, 0, Math.min(block.length, left));
            }
            out.write('\n');
            out.write(String.join("\n", TrainingFiles.good(10)).getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Chat rows of mixed length, one in a thousand a repetition.
     *
     * @param words of the longest row; short ones make many rows a megabyte
     * @return the rows written
     */
    static int writeChat(Path path, long bytes, int words) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        long written = 0;
        int rows = 0;
        byte[] last = {};
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16)) {
            while (written < bytes) {
                byte[] row = rows % 1000 == 999 ? last : row(random, words);
                out.write(row);
                written += row.length;
                rows++;
                last = row;
            }
        }
        return rows;
    }

    private static byte[] row(SplittableRandom random, int words) {
        StringBuilder row =
                new StringBuilder("{\"messages\": [{\"role\": \"system\", \"content\": \"You build lutes.\"}");
        for (int turn = 1 + random.nextInt(3); turn > 0; turn--) {
            row.append(", {\"role\": \"user\", \"content\": \"").append(random.nextLong());
            text(row, random, words / 4);
            row.append("\"}, {\"role\": \"assistant\", \"content\": \"");
            text(row, random, words);
            row.append("\"}");
        }
        return row.append("]}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void text(StringBuilder row, SplittableRandom random, int words) {
        for (int i = random.nextInt(words + 1); i >= 0; i--) {
            row.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
        }
    }
}
