package ai.luthier.bench;

import ai.luthier.text.data.ProblemSink;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.data.ValidationReport;
import ai.luthier.text.data.ValidationSettings;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Megabytes of training file that one core validates in a second: {@code ValidatorSpeed [MEGABYTES [WORDS [ROUNDS]]]}.
 *
 * <p>Chat rows with answers of up to {@code WORDS} words are generated into a temporary file. The clock is the processor time of
 * the one thread that validates, so that other work on the machine does not count; the threads of compiler and collector are
 * not included. No tokens are counted. One row in a thousand repeats the one before it, so that the second pass over the
 * file runs, too.
 */
public final class ValidatorSpeed {

    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final String[] WORDS = {
        "the",
        "maker",
        "bent",
        "seven",
        "ribs",
        "of",
        "maple",
        "over",
        "an",
        "iron",
        "while",
        "\\\"slowly\\\"",
        "rain",
        "fell",
        "outside",
        "für",
        "naïve",
        "弦",
        "and\\n",
        "tuning",
        "took",
        "until",
        "evening",
        "—"
    };

    private ValidatorSpeed() {}

    public static void main(String[] arguments) throws IOException {
        int megabytes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        int words = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 150;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
        Path file = Files.createTempFile("luthier-validator", ".jsonl");
        try {
            generate(file, megabytes * 1_000_000L, words);
            for (int round = 1; round <= rounds; round++) {
                measure(file, round);
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void measure(Path file, int round) {
        long start = CPU.getCurrentThreadCpuTime();
        ValidationReport report = TrainingFile.open(file)
                .validate(ValidationSettings.training("file", Integer.MAX_VALUE), null, ProblemSink.NONE);
        double seconds = (CPU.getCurrentThreadCpuTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "| %d | %,d | %,d | %.0f |%n",
                round,
                report.bytes() / 1_000_000,
                report.rows(),
                report.bytes() / 1e6 / seconds);
    }

    private static void generate(Path file, long bytes, int words) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        long written = 0;
        String row = "";
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (int rows = 1; written < bytes; rows++) {
                row = rows % 1000 == 0 ? row : row(random, words);
                out.write(row);
                written += row.length();
            }
        }
    }

    private static String row(SplittableRandom random, int words) {
        StringBuilder row =
                new StringBuilder("{\"messages\": [{\"role\": \"system\", \"content\": \"You build lutes.\"}");
        for (int turn = 1 + random.nextInt(3); turn > 0; turn--) {
            row.append(", {\"role\": \"user\", \"content\": \"").append(random.nextLong());
            text(row, random, words / 4);
            row.append("\"}, {\"role\": \"assistant\", \"content\": \"");
            text(row, random, words);
            row.append("\"}");
        }
        return row.append("]}\n").toString();
    }

    private static void text(StringBuilder row, SplittableRandom random, int words) {
        for (int i = random.nextInt(words + 1); i >= 0; i--) {
            row.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
        }
    }
}
