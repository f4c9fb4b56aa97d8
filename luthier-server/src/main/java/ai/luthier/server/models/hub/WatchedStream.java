package ai.luthier.server.models.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** A body that fails where no byte comes for a time: the HTTP client itself waits for ever. One reader. */
final class WatchedStream extends FilterInputStream {

    private final Thread watch;
    private volatile long last = System.nanoTime();
    private volatile boolean stalled;

    WatchedStream(InputStream body, Duration patience) {
        super(body);
        this.watch = Thread.ofVirtual().name("download-watch").start(() -> watch(patience));
    }

    private void watch(Duration patience) {
        try {
            while (true) {
                long waited = System.nanoTime() - last;
                if (waited > patience.toNanos()) {
                    stalled = true;
                    in.close();
                    return;
                }
                Thread.sleep(Duration.ofNanos(patience.toNanos() - waited + 1_000_000));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            stalled = true; // the reader meets it too
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            int count = in.read(buffer, offset, length);
            if (stalled) {
                throw new IOException("no byte came for a long time");
            }
            last = System.nanoTime();
            return count;
        } catch (IOException e) {
            throw stalled ? new IOException("no byte came for a long time", e) : e;
        }
    }

    @Override
    public void close() throws IOException {
        watch.interrupt();
        in.close();
    }
}
