package ai.luthier.engine.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The fencing number of a run's folder: it only grows, and only the worker that was started with the newest number may
 * write. Whoever hands out a lease raises the fence before it starts the new worker.
 *
 * @see <a href="https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html">fencing tokens</a>
 */
public final class Fence {

    private Fence() {}

    /** The number in force; 0 where none was raised yet. */
    public static long read(RunFolder folder) {
        try {
            return Long.parseLong(Files.readString(folder.fence()).strip());
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes {@code number} the one in force, durably. Idempotent for the same number.
     *
     * @throws IllegalStateException if a higher number is in force
     */
    public static void raise(RunFolder folder, long number) {
        long current = read(folder);
        if (number < current) {
            throw new IllegalStateException("fence " + number + " is older than " + current + " in " + folder.root());
        }
        Path next = folder.root().resolve("fence.next");
        try {
            Files.createDirectories(folder.root());
            try (FileChannel channel = FileChannel.open(
                    next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                channel.write(StandardCharsets.US_ASCII.encode(Long.toString(number)));
                channel.force(true);
            }
            Files.move(next, folder.fence(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
