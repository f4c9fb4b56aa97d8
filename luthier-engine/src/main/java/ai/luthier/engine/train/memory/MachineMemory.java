package ai.luthier.engine.train.memory;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The memory that programs on this machine can have: what is built in, or less where a container or control group (cgroup, version 1 or
 * 2) limits this process or any group that it is in.
 *
 * <p>What other programs hold at the moment does not count: they may be gone when a job's turn comes.
 *
 * @param total in bytes
 */
public record MachineMemory(long total) {

    /** For the server itself, its database and the system; at most a quarter of the whole. */
    private static final long RESERVED = 1L << 30;

    public MachineMemory {
        if (total < 1) {
            throw new IllegalArgumentException("a machine with " + total + " bytes of memory");
        }
    }

    /** That of this process. */
    public static MachineMemory here() {
        return under(Path.of("/"));
    }

    /** The same with the system's files below another folder. */
    static MachineMemory under(Path root) {
        try {
            long built = builtIn(root.resolve("proc/meminfo"));
            return new MachineMemory(Math.min(built, limit(root).orElse(Long.MAX_VALUE)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read how much memory there is", e);
        }
    }

    /** What one of so many runs at a time can have. */
    public long forOneRun(int runs) {
        return (total - Math.min(RESERVED, total / 4)) / runs;
    }

    private static long builtIn(Path meminfo) throws IOException {
        if (Files.exists(meminfo)) {
            for (String line : Files.readAllLines(meminfo)) {
                if (line.startsWith("MemTotal:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        }
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /** The smallest limit of this process's groups. */
    private static OptionalLong limit(Path root) throws IOException {
        Path groups = root.resolve("proc/self/cgroup");
        if (!Files.exists(groups)) {
            return OptionalLong.empty();
        }
        OptionalLong smallest = OptionalLong.empty();
        for (String line : Files.readAllLines(groups)) {
            String[] parts = line.split(":", 3); // hierarchy:controllers:path
            Path mount = root.resolve("sys/fs/cgroup");
            if (parts.length == 3 && parts[1].isEmpty()) {
                smallest = smaller(smallest, limit(mount, parts[2], "memory.max"));
            } else if (parts.length == 3 && parts[1].matches("(.*,)?memory(,.*)?")) {
                smallest = smaller(smallest, limit(mount.resolve("memory"), parts[2], "memory.limit_in_bytes"));
            }
        }
        return smallest;
    }

    /** From the group up to the root; inside a container the group's path may not be mounted, then the root is the container's. */
    private static OptionalLong limit(Path mount, String path, String name) throws IOException {
        OptionalLong smallest = OptionalLong.empty();
        Path folder = mount.resolve(path.substring(1)).normalize();
        while (folder != null && folder.startsWith(mount)) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                String text = Files.readString(file).strip();
                if (text.matches("\\d{1,18}")) { // else "max"
                    smallest = smaller(smallest, OptionalLong.of(Long.parseLong(text)));
                }
            }
            folder = folder.getParent();
        }
        return smallest;
    }

    private static OptionalLong smaller(OptionalLong a, OptionalLong b) {
        return a.isEmpty() || (b.isPresent() && b.getAsLong() < a.getAsLong()) ? b : a;
    }
}
