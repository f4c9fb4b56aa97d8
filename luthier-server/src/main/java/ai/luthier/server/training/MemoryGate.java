package ai.luthier.server.training;

import ai.luthier.api.LuthierException;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.memory.Fit;
import ai.luthier.engine.memory.TrainingMemory;
import ai.luthier.engine.memory.TrainingShape;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.options.Begun;
import ai.luthier.server.models.Base;
import ai.luthier.text.data.JobMethod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Refuses jobs that the memory of this machine cannot hold, before a worker finds out: with what is needed, what is there, and what
 * would fit. When a job is created only its base is known; when its files were judged, everything is.
 *
 * <p>Safe for any thread.
 */
public final class MemoryGate {

    private static final int NAMED_BASES = 3;

    private final long available;
    private final TrainingPath path;
    private final boolean recompute;
    private final int threads;
    private final Supplier<List<Base>> bases;

    /**
     * @param available bytes for one run
     * @param path as runs are asked to take
     * @param recompute whether runs compute activations again
     * @param threads of one run
     * @param bases that could be trained instead, one for each directory
     */
    public MemoryGate(long available, TrainingPath path, boolean recompute, int threads, Supplier<List<Base>> bases) {
        this.available = available;
        this.path = path;
        this.recompute = recompute;
        this.threads = threads;
        this.bases = bases;
    }

    /**
     * Refuses a base of which not even the smallest job fits.
     *
     * @param name as the client calls it
     * @throws UserError {@code INSUFFICIENT_MEMORY}
     */
    public void refuseHopeless(TrainableModel model, String name) {
        refuse(model, name, "model", JobMethod.SUPERVISED, 1, 1, 0);
    }

    /**
     * Refuses a job whose files are known.
     *
     * @param method that trains on rows or on pairs of them
     * @param batch examples of a step
     * @param longest tokens of the longest row of its files
     * @param tokens of all rows
     * @throws UserError {@code INSUFFICIENT_MEMORY}
     */
    void refuse(TrainableModel model, String name, JobMethod method, int batch, int longest, long tokens) {
        refuse(model, name, "training_file", method, batch, longest, tokens);
    }

    private void refuse(
            TrainableModel model, String name, String param, JobMethod method, int batch, int longest, long tokens) {
        Fit fit = fit(model.base());
        int rank = model.begun(fit.spec())
                .map(Begun::rank)
                .filter(ofFactors -> ofFactors > 0)
                .orElse(RunDefaults.RANK);
        TrainingShape rows = new TrainingShape(
                rank, batch, longest, TrainingMemory.path(fit.spec(), path), recompute, tokens, 1, threads);
        TrainingShape shape = method == JobMethod.DPO ? rows.onPairs() : rows;
        if (!fit.fits(shape)) {
            Optional<UserError> refusal = fit.refusal(name, param, shape, others(model.base(), shape));
            throw refusal.orElseThrow();
        }
    }

    private Fit fit(Path directory) {
        ModelDirectory model = ModelDirectory.open(directory);
        return new Fit(model.spec(), model.storedDtype(), available);
    }

    /** Bases on which the same job fits. */
    private List<String> others(Path refused, TrainingShape shape) {
        List<String> fitting = new ArrayList<>();
        for (Base base : bases.get()) {
            if (fitting.size() < NAMED_BASES && !base.directory().equals(refused) && fits(base, shape)) {
                fitting.add(base.modelId());
            }
        }
        return fitting.isEmpty() ? List.of() : List.of("another base (" + String.join(", ", fitting) + ")");
    }

    private boolean fits(Base base, TrainingShape shape) {
        try {
            return fit(base.directory()).fits(shape);
        } catch (LuthierException unreadable) {
            return false; // no advice then; whoever uses that base learns what is wrong
        }
    }
}
