package ai.luthier.engine.worker;

import ai.luthier.engine.checkpoint.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

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
        try {
            Files.createDirectories(folder.root());
            AtomicFile.write(folder.fence(), Long.toString(number).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
