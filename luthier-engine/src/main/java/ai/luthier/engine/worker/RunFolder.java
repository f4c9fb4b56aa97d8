package ai.luthier.engine.worker;

import java.nio.file.Path;

/**
 * Where everything of one run lies. The server owns {@code run.json} and {@code fence}; the worker that holds the lease owns
 * the rest.
 *
 * <pre>
 * run.json          what to train (RunSpec), written once before the first worker starts
 * fence             the fencing number of the one worker that may write now
 * lock              held by the operating system for the life of a worker process
 * progress.jsonl    the worker's journal, one RunEvent a line; the truth about what happened
 * checkpoint/       the newest recovery checkpoint
 * snapshots/        published-to-be PEFT directories, one per epoch, the last three
 * adapter/          the final PEFT directory, there exactly when the run is finished
 * worker.log        what the process printed
 * </pre>
 */
public record RunFolder(Path root) {

    public Path spec() {
        return root.resolve("run.json");
    }

    public Path fence() {
        return root.resolve("fence");
    }

    public Path lock() {
        return root.resolve("lock");
    }

    public Path progress() {
        return root.resolve("progress.jsonl");
    }

    public Path checkpoint() {
        return root.resolve("checkpoint");
    }

    public Path snapshots() {
        return root.resolve("snapshots");
    }

    public Path adapter() {
        return root.resolve("adapter");
    }

    public Path log() {
        return root.resolve("worker.log");
    }
}
