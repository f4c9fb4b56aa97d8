package ai.luthier.text.data;

import ai.luthier.text.data.Problem.Kind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Prints how fast the validator reads on one core: megabytes of file by seconds of processor time of its one thread, so that
 * other work on the machine does not count. Compiler and collector threads are not included; the first round is cold.
 *
 * <pre>
 * java -cp … ai.luthier.text.data.ValidatorBench FILE [ROUNDS]     an existing file
 * java -cp … ai.luthier.text.data.ValidatorBench                   200 MB of generated rows, five rounds
 * </pre>
 */
public final class ValidatorBench {

    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private ValidatorBench() {}

    public static void main(String[] arguments) throws IOException {
        Path file = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempFile("luthier", ".jsonl");
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        try {
            if (arguments.length == 0) {
                LargeFiles.writeChat(file, 200_000_000, 150);
            }
            for (int round = 0; round < rounds; round++) {
                measure(file);
            }
        } finally {
            if (arguments.length == 0) {
                Files.delete(file);
            }
        }
    }

    private static void measure(Path file) {
        long start = CPU.getCurrentThreadCpuTime();
        ValidationReport report = TrainingFile.open(file)
                .validate(ValidationSettings.training("file", Integer.MAX_VALUE), null, ProblemSink.NONE);
        double seconds = (CPU.getCurrentThreadCpuTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "rows %d, errors %d, repeated rows %d, %.0f MB/s of one core%n",
                report.rows(),
                report.errorCount(),
                report.counts().getOrDefault(Kind.DUPLICATE_ROW, 0L),
                report.bytes() / 1e6 / seconds);
    }
}
