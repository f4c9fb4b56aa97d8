package ai.luthier.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The main process of a cluster, as its {@code postmaster.pid} names it.
 *
 * @param pid process id
 * @param port where it listens
 */
record Postmaster(long pid, int port) {

    private static final int PID_LINE = 0;
    private static final int PORT_LINE = 3;

    /** The process that runs on {@code cluster}; empty when there is none, or only a file that a dead one left. */
    static Optional<Postmaster> of(Path cluster) {
        Path file = cluster.resolve("postmaster.pid");
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (lines.size() <= PORT_LINE) {
                return Optional.empty();
            }
            var found = new Postmaster(
                    Long.parseLong(lines.get(PID_LINE).strip()),
                    Integer.parseInt(lines.get(PORT_LINE).strip()));
            return found.alive() ? Optional.of(found) : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether the process runs and is a PostgreSQL: a number may be given to another program, or be a zombie. */
    boolean alive() {
        @Nullable ProcessHandle handle = ProcessHandle.of(pid).orElse(null);
        if (handle == null || !handle.isAlive()) {
            return false;
        }
        try {
            Path status = Path.of("/proc", Long.toString(pid), "stat");
            if (Files.exists(status)) {
                // pid (name) state ...
                String text = Files.readString(status);
                int nameEnd = text.lastIndexOf(')');
                return text.contains("(postgres)") && text.charAt(nameEnd + 2) != 'Z';
            }
            return handle.info()
                    .command()
                    .map(command -> command.endsWith("postgres"))
                    .orElse(true);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Removes the {@code postmaster.pid} of a dead process whose number lives on (a zombie, or another program), which would keep
     * PostgreSQL from starting. It stays while any process still works in the folder.
     */
    static void removeStaleFile(Path cluster) throws IOException {
        Path file = cluster.resolve("postmaster.pid");
        if (Files.exists(file) && of(cluster).isEmpty() && !someoneWorksIn(cluster)) {
            Files.deleteIfExists(file);
        }
    }

    private static boolean someoneWorksIn(Path cluster) throws IOException {
        Path proc = Path.of("/proc");
        if (!Files.isDirectory(proc.resolve("self"))) {
            return true;
        }
        try (Stream<Path> processes = Files.list(proc)) {
            return processes
                    .filter(process ->
                            Character.isDigit(process.getFileName().toString().charAt(0)))
                    .anyMatch(process -> worksIn(process, cluster));
        }
    }

    private static boolean worksIn(Path process, Path cluster) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(cluster);
        } catch (IOException e) {
            return false;
        }
    }
}
