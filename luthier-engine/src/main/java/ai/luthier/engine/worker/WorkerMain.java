package ai.luthier.engine.worker;

import ai.luthier.api.Conflict;
import ai.luthier.api.LuthierException;
import ai.luthier.engine.tensor.Devices;
import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The worker process: executes the run in one folder, from its newest checkpoint or from the start, to its end.
 *
 * <p>{@code WorkerMain FOLDER FENCE}. It stops after the step in progress, with a checkpoint, on SIGTERM and when its standard
 * input ends, which it does when the starter dies. Exit codes: {@link WorkerExit}.
 */
public final class WorkerMain {

    /** System property: bytes that this process may take; 0 or absent for as many as it takes. */
    static final String MEMORY = "luthier.memory";

    /** System property: a {@link Devices.Choice}; absent for AUTO. */
    static final String DEVICE = "luthier.device";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private WorkerMain() {}

    /** See the class. */
    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            System.err.println("usage: WorkerMain FOLDER FENCE");
            System.exit(2);
        }
        AtomicBoolean stop = new AtomicBoolean();
        Thread training = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndAwait(stop, training), "stop"));
        Thread.ofPlatform().daemon().name("parent-watch").start(() -> awaitEndOfInput(stop));
        WorkerExit exit = execute(new RunFolder(Path.of(arguments[0])), Long.parseLong(arguments[1]), stop);
        Runtime.getRuntime().halt(exit.code()); // not exit(): the shutdown hook waits for this very thread
    }

    private static WorkerExit execute(RunFolder folder, long fence, AtomicBoolean stop) {
        try (Lease lease = Lease.take(folder, fence, PATIENCE);
                ProgressJournal journal = ProgressJournal.open(folder, lease)) {
            return train(folder, lease, journal, stop);
        } catch (Conflict lost) {
            System.err.println(lost.text());
            return WorkerExit.FENCED;
        } catch (RuntimeException | Error fault) {
            fault.printStackTrace();
            return WorkerExit.FAULT;
        }
    }

    private static WorkerExit train(RunFolder folder, Lease lease, ProgressJournal journal, AtomicBoolean stop) {
        try {
            Devices.Chosen device = Devices.use(Devices.Choice.valueOf(System.getProperty(DEVICE, "AUTO")));
            System.err.println(
                    "computing on " + (device.cuda() ? "a CUDA device: " : "the processors: ") + device.reason());
            RunSpec spec = RunJson.readSpec(folder);
            TrainingRun run = TrainingRun.ofFiles(spec, folder.root(), journal, lease::check, stop::get)
                    .within(Long.getLong(MEMORY, 0));
            return switch (run.run()) {
                case FINISHED -> WorkerExit.FINISHED;
                case INTERRUPTED -> WorkerExit.INTERRUPTED;
            };
        } catch (Conflict lost) {
            throw lost;
        } catch (LuthierException cause) {
            journal.on(new RunEvent.Failed(
                    cause.code(), cause.text(), cause.param().orElse(null)));
            journal.beforeWrite();
            return WorkerExit.FAILED;
        }
    }

    private static void awaitEndOfInput(AtomicBoolean stop) {
        try {
            while (System.in.read() >= 0) {
                // whatever is said to a worker, only the end counts
            }
        } catch (IOException e) {
            System.err.println("standard input broke: " + e.getMessage());
        }
        stop.set(true);
    }

    private static void stopAndAwait(AtomicBoolean stop, Thread training) {
        stop.set(true);
        try {
            training.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
