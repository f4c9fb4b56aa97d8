package ai.luthier.engine.worker;

import ai.luthier.engine.tensor.Devices;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A worker seen from the process that started it.
 *
 * <p>The worker reads its standard input and stops, with a checkpoint, when it ends. So it never outlives its starter for
 * long, however that one dies.
 *
 * <p>Thread-safe.
 */
public final class WorkerProcess implements AutoCloseable {

    private static final String START_OF_HEAP = "64m";

    private final Process process;

    private WorkerProcess(Process process) {
        this.process = process;
    }

    /**
     * What a worker may have.
     *
     * @param heap of its JVM, as {@code -Xmx} takes it; weights and activations live outside it
     * @param memory bytes in all, the heap among them; 0 for as many as it takes
     * @param device that it computes on
     */
    public record Resources(String heap, long memory, Devices.Choice device) {

        /** A heap, and nothing said of the rest. */
        public static Resources heap(String heap) {
            return new Resources(heap, 0, Devices.Choice.AUTO);
        }
    }

    /** Starts a worker with the fencing number {@code fence}, which the caller has {@linkplain Fence#raise raised}. */
    public static WorkerProcess start(RunFolder folder, long fence, Resources resources) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-XX:+UseSerialGC");
        command.add("-Xmx" + resources.heap());
        command.add("-D" + WorkerMain.MEMORY + "=" + resources.memory());
        command.add("-D" + WorkerMain.DEVICE + "=" + resources.device());
        command.add("-Xms" + START_OF_HEAP); // else a 64th of the machine's memory, whatever is needed
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(WorkerMain.class.getName());
        command.add(folder.root().toAbsolutePath().toString());
        command.add(Long.toString(fence));
        File log = folder.log().toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        // glibc hands large buffers back to the kernel after every use otherwise: 10 to 60 % of a training step.
        builder.environment().putIfAbsent("MALLOC_MMAP_THRESHOLD_", "8589934592");
        builder.environment().putIfAbsent("MALLOC_TRIM_THRESHOLD_", "68719476736");
        builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "1");
        // libtorch and oneDNN keep the kernels of the last 1,024 shapes each: hundreds of MB between the tensors, where
        // rows have every length. A pass needs some fifty.
        builder.environment().putIfAbsent("LRU_CACHE_CAPACITY", "64");
        builder.environment().putIfAbsent("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128");
        // A thread that waits for its team spins 300,000 times otherwise, while the server's threads wait for the
        // processor.
        builder.environment().putIfAbsent("GOMP_SPINCOUNT", "1000");
        try {
            return new WorkerProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a worker with " + command.getFirst(), e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** How it ended, or empty if it runs on after {@code patience}. */
    public Optional<WorkerExit> await(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)
                ? Optional.of(WorkerExit.of(process.exitValue()))
                : Optional.empty();
    }

    /** Asks for a checkpoint and an end; returns at once. */
    public void requestStop() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe is gone only when the process is, and then there is nobody left to ask.
            process.destroy();
        }
    }

    /** Ends it now, as a power cut would. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Returns when it has ended, by force where it had not. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
