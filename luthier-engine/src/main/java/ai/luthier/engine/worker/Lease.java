package ai.luthier.engine.worker;

import ai.luthier.api.Conflict;
import ai.luthier.api.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * The right of this process to write into one run's folder.
 *
 * <p>Two walls, because each has a hole. The operating system's lock on {@code lock} keeps two live processes apart and
 * vanishes with its holder, but it says nothing of a holder that the server has given up on. The {@linkplain Fence fence}
 * says who is meant, but reading it and writing afterwards are two moments. Together: a new worker gets the lock only when
 * the old process is gone or has let go, and an old worker whose fence was raised stops at its next {@link #check()}.
 *
 * <p>Thread-safe: {@link #check()} may be called from any thread.
 */
public final class Lease implements AutoCloseable {

    private final RunFolder folder;
    private final long fence;
    private final FileChannel channel;

    private Lease(RunFolder folder, long fence, FileChannel channel) {
        this.folder = folder;
        this.fence = fence;
        this.channel = channel;
    }

    /**
     * Takes the lock, waiting for a dying predecessor at most {@code patience}.
     *
     * @throws Conflict ({@link ErrorCode#BUSY}) if another process keeps the lock, or {@code fence} is not in force
     */
    public static Lease take(RunFolder folder, long fence, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            FileChannel channel = FileChannel.open(folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            while (!locked(channel)) {
                if (System.nanoTime() > deadline) {
                    channel.close();
                    throw new Conflict(
                            ErrorCode.BUSY,
                            null,
                            "Another process holds the run in " + folder.root() + "; it was not touched.");
                }
                Thread.sleep(20);
            }
            Lease lease = new Lease(folder, fence, channel);
            try {
                lease.check();
            } catch (Conflict e) {
                lease.close();
                throw e;
            }
            return lease;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Conflict(
                    ErrorCode.BUSY, null, "Interrupted while waiting for the run in " + folder.root() + ".", e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by another lease inside this very process
        }
    }

    /**
     * Returns if this process may write now.
     *
     * @throws Conflict ({@link ErrorCode#BUSY}) if a newer worker was appointed
     */
    public void check() {
        long current = Fence.read(folder);
        if (current != fence) {
            throw new Conflict(
                    ErrorCode.BUSY,
                    null,
                    "The lease on " + folder.root() + " is gone: this worker has number " + fence + ", number "
                            + current + " is in force. Nothing more was written.");
        }
    }

    /** Lets go of the folder. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
