package ai.luthier.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process took. */
final class Memory {

    private Memory() {}

    /** The largest resident set of this process so far, from Linux; -1 elsewhere. */
    static long peakMegabytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return -1;
        }
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(-1);
        }
    }
}
