package ai.luthier.server.store;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * One database folder and the commands that make, start and stop it.
 *
 * <p>The settings that durability hangs on are arguments of the process, which outrank every configuration file of the cluster.
 * {@code pg_ctl} gives the process a session of its own, so it outlives a {@code kill -9} or a Ctrl-C of the server. Used by one
 * thread at a time.
 */
final class Cluster {

    static final String USER = "luthier";
    static final String DATABASE = "postgres";

    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "password_encryption=scram-sha-256",
            "max_connections=60",
            // Small rows only: workers for one query would take cores and shared memory from training.
            "max_parallel_workers_per_gather=0",
            "timezone=UTC",
            "log_timezone=UTC");

    /** A log that is larger is put aside at the next start. */
    private static final long LOG_BYTES = 8 << 20;

    private final Path root;
    private final Path folder;
    private final Path programs;
    private final ProcessOwner owner;

    /**
     * @param root holds the cluster, its password and its port
     * @param programs unpacked {@link PostgresBinaries}
     */
    Cluster(Path root, Path programs) {
        this.root = root;
        this.folder = root.resolve("cluster");
        this.programs = programs;
        this.owner = ProcessOwner.choose(programs, folder);
    }

    Path folder() {
        return folder;
    }

    String runsAs() {
        return owner.description();
    }

    Optional<Postmaster> postmaster() {
        return Postmaster.of(folder);
    }

    String password() {
        try {
            return Files.readString(root.resolve("password")).strip();
        } catch (IOException e) {
            throw failure("its password cannot be read from " + root.resolve("password"), e);
        }
    }

    /** Makes the cluster where there is none. A half-made one of a crash is thrown away: nothing was ever stored in it. */
    void initialise() {
        Path done = root.resolve("password");
        if (Files.exists(done) && Files.exists(folder.resolve("PG_VERSION"))) {
            return;
        }
        String password = Ids.random(32);
        Path passwordFile = root.resolve("initdb-password");
        try {
            DurableFiles.deleteTree(folder);
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            owner.give(folder);
            Files.deleteIfExists(passwordFile);
            DurableFiles.write(passwordFile, password);
            owner.give(passwordFile);
            require(
                    "initdb",
                    "-D",
                    folder.toString(),
                    "-U",
                    USER,
                    "--pwfile=" + passwordFile,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C");
            DurableFiles.write(done, password);
            Files.delete(passwordFile);
        } catch (IOException e) {
            throw failure("its folder " + folder + " cannot be made", e);
        }
    }

    /** Starts the process and returns when it takes connections. The port is the last one used, if that is free. */
    Postmaster start() {
        int port = lastPort().filter(Cluster::free).orElseGet(Cluster::freePort);
        String options = "-c port=" + port + " -c " + String.join(" -c ", SETTINGS);
        try {
            Postmaster.removeStaleFile(folder);
            rotateLog();
            require(
                    "pg_ctl",
                    "start",
                    "-w",
                    "-t",
                    "60",
                    "-D",
                    folder.toString(),
                    "-l",
                    folder.resolve("server.log").toString(),
                    "-o",
                    options);
            DurableFiles.write(root.resolve("port"), Integer.toString(port));
        } catch (IOException e) {
            throw failure("its port cannot be recorded in " + root, e);
        }
        return postmaster().orElseThrow(() -> failure("it ended right after its start", null));
    }

    /**
     * Ends the process; open transactions are rolled back. Returns false where it is still writing its last checkpoint after a minute
     * (a slow disk); it ends by itself then, and the next start waits for that.
     */
    boolean stop() {
        return postmaster().isEmpty() || end("fast").succeeded() || postmaster().isEmpty();
    }

    /** Ends the process at once; the next start recovers from the log. */
    void stopWithoutCheckpoint() {
        if (postmaster().isPresent()) {
            end("immediate");
        }
    }

    private Command.Result end(String mode) {
        String program = programs.resolve("bin/pg_ctl").toString();
        return Command.run(owner.command(program, "stop", "-m", mode, "-w", "-t", "60", "-D", folder.toString()));
    }

    private void require(String program, String... arguments) {
        var words = new String[arguments.length + 1];
        words[0] = programs.resolve("bin").resolve(program).toString();
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        Command.Result result = Command.run(owner.command(words));
        if (!result.succeeded()) {
            throw failure(
                    program + " ended with status " + result.status() + ": " + tail(result.output()) + logTail(), null);
        }
    }

    private void rotateLog() throws IOException {
        Path log = folder.resolve("server.log");
        if (Files.exists(log) && Files.size(log) > LOG_BYTES) {
            Files.move(log, folder.resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private String logTail() {
        Path log = folder.resolve("server.log");
        try {
            return Files.exists(log) ? " (" + log + ": " + tail(Files.readString(log)) + ")" : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static String tail(String text) {
        List<String> lines = text.strip().lines().toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 6), lines.size()));
    }

    private Optional<Integer> lastPort() {
        try {
            Path file = root.resolve("port");
            return Files.exists(file)
                    ? Optional.of(Integer.valueOf(Files.readString(file).strip()))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean free(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw failure("no free port was found on 127.0.0.1", e);
        }
    }

    private static Internal failure(String what, @org.jspecify.annotations.Nullable Throwable cause) {
        return new Internal(ErrorCode.INTERNAL, "database.url", "The built-in PostgreSQL does not run: " + what, cause);
    }
}
