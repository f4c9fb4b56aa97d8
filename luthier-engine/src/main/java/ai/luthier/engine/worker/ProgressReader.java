package ai.luthier.engine.worker;

import ai.luthier.engine.train.RunEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a run's journal while it grows: each {@link #next()} returns the events whose lines were completed since the last.
 *
 * <p>A worker that takes over cuts off a torn line only, which was never handed out; so the reader's place stays valid across
 * workers. Not thread-safe.
 */
public final class ProgressReader {

    private static final int BLOCK = 1 << 16;

    private final RunFolder folder;
    private long position;

    /** Starts at the beginning of the journal. */
    public ProgressReader(RunFolder folder) {
        this.folder = folder;
    }

    /** New events in their order, possibly none; a long journal comes in several calls. */
    public List<RunEvent> next() {
        try (FileChannel channel = FileChannel.open(folder.progress(), StandardOpenOption.READ)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            int read;
            do {
                read = channel.read(block, position + block.position());
            } while (read > 0 && block.hasRemaining());
            return events(block.array(), block.position());
        } catch (NoSuchFileException e) {
            return List.of(); // no worker has got that far
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<RunEvent> events(byte[] bytes, int length) {
        List<RunEvent> events = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                events.add(RunJson.event(new String(bytes, start, i - start, StandardCharsets.UTF_8)));
                start = i + 1;
            }
        }
        position += start;
        return events;
    }
}
