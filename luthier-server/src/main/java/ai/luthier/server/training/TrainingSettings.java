package ai.luthier.server.training;

import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.worker.WorkerProcess;
import java.time.Duration;

/**
 * How jobs are run.
 *
 * @param slots             runs at a time
 * @param threads           of libtorch in each worker; 0 takes what the machine has
 * @param resources         of each worker
 * @param checkpointSteps   at most this many steps between two recovery checkpoints
 * @param checkpointSeconds at most this long between two of them
 * @param recompute         activations in the backward pass: less memory, more time
 * @param path              which code computes gradients
 * @param activationCacheBytes of the file in which a run keeps what frozen layers compute, at most; 0 for none
 * @param memory            bytes that one worker may need; jobs that need more are refused
 * @param attempts          how often in a row a worker may die without doing a step that none did before, until the job fails
 * @param poll              how often journals are read
 */
public record TrainingSettings(
        int slots,
        int threads,
        WorkerProcess.Resources resources,
        int checkpointSteps,
        int checkpointSeconds,
        boolean recompute,
        TrainingPath path,
        long activationCacheBytes,
        long memory,
        int attempts,
        Duration poll) {

    public TrainingSettings {
        if (slots < 1
                || threads < 0
                || checkpointSteps < 1
                || checkpointSeconds < 1
                || attempts < 1
                || activationCacheBytes < 0
                || memory < 1) {
            throw new IllegalArgumentException("settings of training out of range");
        }
    }
}
