package ai.luthier.engine.worker;

import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.RunObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;

/**
 * The append-only journal of a run: one JSON object a line.
 *
 * <p>A line counts once its newline is there; {@link #open} cuts off what a killed predecessor left half-written. Lines reach
 * the disk at the latest with {@link #beforeWrite()}, which comes before every checkpoint, so that the journal always tells of
 * every step a checkpoint contains. Steps after the last checkpoint are done again by the next worker and appear twice, with
 * equal content; readers keep the first.
 *
 * <p>Owned by the worker's training thread.
 */
final class ProgressJournal implements RunObserver, AutoCloseable {

    private final FileChannel channel;
    private final Lease lease;

    private ProgressJournal(FileChannel channel, Lease lease) {
        this.channel = channel;
        this.lease = lease;
    }

    static ProgressJournal open(RunFolder folder, Lease lease) {
        lease.check();
        try {
            FileChannel channel = FileChannel.open(
                    folder.progress(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel.truncate(endOfLastLine(channel));
            channel.position(channel.size());
            return new ProgressJournal(channel, lease);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The offset just behind the last newline, 0 if there is none. */
    private static long endOfLastLine(FileChannel channel) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(4096);
        long end = channel.size();
        while (end > 0) {
            long start = Math.max(0, end - block.capacity());
            block.clear().limit((int) (end - start));
            int read = 0;
            while (block.hasRemaining() && (read = channel.read(block, start + block.position())) >= 0) {
                // a short read goes on where it stopped
            }
            for (int i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return start + i + 1;
                }
            }
            end = read < 0 ? 0 : start;
        }
        return 0;
    }

    /** Appends the event as one line. */
    @Override
    public void on(RunEvent event) {
        lease.check();
        ByteBuffer line = StandardCharsets.UTF_8.encode(RunJson.line(event) + "\n");
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns once everything appended so far survives a power cut. */
    @Override
    public void beforeWrite() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
