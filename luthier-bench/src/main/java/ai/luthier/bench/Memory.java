package ai.luthier.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process took. */
final class Memory {

    private Memory() {}

    /** The largest resident set of this process so far, from Linux; -1 elsewhere. */
    static long peakMegabytes() throws IOException {
        long peak = peakKibibytes(ProcessHandle.current().pid());
        return peak < 0 ? -1 : peak / 1024;
    }

    /** The same of another process; -1 also where it has ended. */
    static long peakKibibytes(long pid) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.exists(status)) {
            return -1;
        }
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(-1);
        }
    }
}
