package ai.luthier.engine.train.memory;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The memory of a process at its fullest moment, part by part.
 *
 * @param parts in the order in which they are explained, none negative
 */
public record MemoryEstimate(List<Part> parts) {

    /**
     * One thing that is held.
     *
     * @param name as in "1.2 GiB for NAME"
     */
    public record Part(String name, long bytes) {

        public Part {
            if (bytes < 0) {
                throw new IllegalArgumentException(name + " cannot take " + bytes + " bytes");
            }
        }
    }

    public MemoryEstimate {
        parts = List.copyOf(parts);
    }

    /** All parts together, in bytes. */
    public long total() {
        return parts.stream().mapToLong(Part::bytes).reduce(0, Math::addExact);
    }

    /** {@code 257 MiB for the weights, …}: the parts that matter, largest first. */
    public String explained() {
        return parts.stream()
                .filter(part -> part.bytes() * 50 >= total())
                .sorted((a, b) -> Long.compare(b.bytes(), a.bytes()))
                .map(part -> text(part.bytes()) + " for " + part.name())
                .collect(Collectors.joining(", "));
    }

    /** Bytes as people write them: {@code 640 MiB}, {@code 1.2 GiB}. */
    public static String text(long bytes) {
        double mebibytes = bytes / (double) (1 << 20);
        return mebibytes < 1000
                ? String.format(Locale.ROOT, "%.0f MiB", mebibytes)
                : String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024);
    }
}
