package ai.luthier.engine.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the last bits of a result depend on, besides the run itself: another type of processor takes other code paths, another
 * number of threads sums in another order.
 *
 * @param processor the model's name as the operating system gives it
 * @param threads that libtorch computes with
 */
record Machine(String processor, int threads) {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    static Machine current(int threads) {
        return new Machine(processorName(), threads);
    }

    private static String processorName() {
        if (!Files.exists(CPU_INFO)) {
            return System.getProperty("os.arch", "unknown");
        }
        try (var lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name") || line.startsWith("flags"))
                    .limit(2)
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .map(text -> text.length() > 80 ? Integer.toHexString(text.hashCode()) : text)
                    .reduce((name, flags) -> name + " / " + flags)
                    .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
