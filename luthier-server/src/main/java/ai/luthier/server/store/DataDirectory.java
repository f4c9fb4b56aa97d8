package ai.luthier.server.store;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder that holds everything of one server, locked for as long as this object is open.
 *
 * <pre>
 * luthier.json   the owner's settings          server.lock   held by the running server
 * postgres/      database and its programs     server.json   who holds it: process id and URL
 * blobs/         files of the API              node          name of this folder as an owner of leases
 * models/        weights of tuned models       runs/         folders of running jobs
 * </pre>
 *
 * <p>The lock is the operating system's, so it goes with its process however that ends. It lives in a file of its own, which is
 * opened only to take it: under POSIX, closing any descriptor of a locked file drops the lock of the whole process, and that is
 * also why the folders that this JVM holds are remembered here. Safe for any thread.
 */
public final class DataDirectory implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;
    private final String node;

    private DataDirectory(Path path, FileChannel channel, String node) {
        this.path = path;
        this.channel = channel;
        this.node = node;
    }

    /**
     * Creates the folder where it is missing (others may pass through it, not list it) and takes the lock.
     *
     * @throws Conflict {@code BUSY} when another server has it; the message names its process id and URL
     */
    public static DataDirectory open(Path directory) {
        Path path = create(directory);
        if (!HELD_HERE.add(path)) {
            throw inUse(path);
        }
        boolean opened = false;
        try {
            @Nullable FileChannel channel = lockPatiently(path);
            if (channel == null) {
                throw inUse(path);
            }
            var result = new DataDirectory(path, channel, nodeOf(path));
            result.write(Map.of("pid", ProcessHandle.current().pid()));
            opened = true;
            return result;
        } finally {
            if (!opened) {
                HELD_HERE.remove(path);
            }
        }
    }

    /** The server that holds the folder now, if one does. */
    public static Optional<RunningServer> running(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        if (!Files.exists(path.resolve("server.lock"))) {
            return Optional.empty();
        }
        if (HELD_HERE.contains(real(path))) {
            return Optional.of(describe(path));
        }
        @Nullable FileChannel free = lock(path);
        if (free == null) {
            return Optional.of(describe(path));
        }
        close(free);
        return Optional.empty();
    }

    /** Tells commands on this machine where the server listens. */
    public void announce(URI url) {
        write(Map.of("pid", ProcessHandle.current().pid(), "url", url.toString()));
    }

    public Path path() {
        return path;
    }

    public Path postgres() {
        return path.resolve("postgres");
    }

    public Path blobs() {
        return path.resolve("blobs");
    }

    public Path models() {
        return path.resolve("models");
    }

    /** Models that were unpacked from other formats. */
    public Path imported() {
        return path.resolve("imported");
    }

    public Path runs() {
        return path.resolve("runs");
    }

    /** The owner's settings; may be absent. */
    public Path settings() {
        return path.resolve("luthier.json");
    }

    /** A name of this folder that stays over restarts; owner of the leases its server takes. */
    public String node() {
        return node;
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path.resolve("server.json"));
        } catch (IOException e) {
            throw new Internal(ErrorCode.INTERNAL, null, "Cannot remove " + path.resolve("server.json"), e);
        } finally {
            close(channel);
            HELD_HERE.remove(path);
        }
    }

    private static Path create(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
            }
            return directory.toRealPath();
        } catch (IOException e) {
            throw new UserError(
                    ErrorCode.INVALID_CONFIGURATION,
                    "data.directory",
                    "The data directory %s cannot be created: %s. Choose one that you can write to with --data."
                            .formatted(directory, reason(e)),
                    e);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case FileAlreadyExistsException taken -> taken.getFile() + " is a file";
            case AccessDeniedException denied -> "this user may not write to " + denied.getFile();
            default -> e.toString();
        };
    }

    /** A command may hold the lock for a moment to see whether a server does; so one of nobody alive is waited for. */
    private static @Nullable FileChannel lockPatiently(Path path) {
        @Nullable FileChannel channel = lock(path);
        for (int i = 0; channel == null && i < 20 && !describe(path).alive(); i++) {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            channel = lock(path);
        }
        return channel;
    }

    private static @Nullable FileChannel lock(Path path) {
        try {
            var channel =
                    FileChannel.open(path.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                return null;
            }
            return channel;
        } catch (OverlappingFileLockException e) {
            return null;
        } catch (IOException e) {
            throw new UserError(
                    ErrorCode.INVALID_CONFIGURATION,
                    "data.directory",
                    "The data directory %s cannot be locked (%s). It has to be on a disk that supports file locks."
                            .formatted(path, e),
                    e);
        }
    }

    private static Conflict inUse(Path path) {
        RunningServer other = describe(path);
        return new Conflict(
                ErrorCode.BUSY,
                "data.directory",
                "The data directory %s is in use by the server with process id %d%s. Stop that one or choose another folder with --data."
                        .formatted(
                                path,
                                other.pid(),
                                other.url().map(url -> " at " + url).orElse("")));
    }

    private static RunningServer describe(Path path) {
        try {
            var json = JSON.readTree(Files.readString(path.resolve("server.json")));
            var url = json.path("url");
            return new RunningServer(
                    json.path("pid").asLong(0),
                    url.isString() ? Optional.of(URI.create(url.asString())) : Optional.empty());
        } catch (IOException | JacksonException e) {
            return new RunningServer(0, Optional.empty());
        }
    }

    private static String nodeOf(Path path) {
        Path file = path.resolve("node");
        try {
            if (!Files.exists(file)) {
                DurableFiles.write(file, "node-" + Ids.random(12));
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new Internal(ErrorCode.INTERNAL, null, "Cannot read or write " + file, e);
        }
    }

    private void write(Map<String, Object> server) {
        try {
            DurableFiles.write(path.resolve("server.json"), JSON.writeValueAsString(server));
        } catch (IOException e) {
            throw new Internal(ErrorCode.INTERNAL, null, "Cannot write " + path.resolve("server.json"), e);
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new Internal(ErrorCode.INTERNAL, null, "Cannot release the lock of the data directory", e);
        }
    }
}
