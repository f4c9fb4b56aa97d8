package ai.luthier.engine.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch in this process: loaded once, its thread count, its seed.
 *
 * <p>The first load on a machine unpacks some 90 MB into JavaCPP's cache. Two processes that unpack into one cold cache
 * overwrite each other's mapped pages and die with SIGBUS, so the load happens under a lock file beside the cache; later
 * loads hold it for milliseconds.
 *
 * <p>Safe for any thread.
 */
public final class Torch {

    static {
        // JavaCPP's own budget counts the page cache of mapped weights as ours and would refuse to allocate; the
        // operating
        // system is the one that knows.
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        loadUnderLock();
    }

    private Torch() {}

    /** Returns when libtorch is loaded. Call before the first use of any class of {@code org.bytedeco.pytorch}. */
    public static void load() {
        // The static initialiser has done it.
    }

    /** The number of threads that one operator may use. */
    public static int threads() {
        return torch.get_num_threads();
    }

    /** As many threads as a program may use that was told nothing else: {@code OMP_NUM_THREADS} where it is set, else the processors. */
    public static int availableThreads() {
        String asked = System.getenv("OMP_NUM_THREADS");
        return asked != null && asked.matches("[1-9]\\d{0,3}")
                ? Integer.parseInt(asked)
                : Runtime.getRuntime().availableProcessors();
    }

    /** Sets the number of threads of every operator in this process, at least 1. */
    public static void threads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + count);
        }
        torch.set_num_threads(count);
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    private static void loadUnderLock() {
        try {
            Path cache = Loader.getCacheDir().toPath();
            Files.createDirectories(cache);
            Path lockFile = cache.resolve(".luthier.lock");
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                Loader.load(torch.class);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack libtorch into JavaCPP's cache folder", e);
        }
    }
}
