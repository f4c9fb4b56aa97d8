package ai.luthier.server.training;

import ai.luthier.api.LuthierException;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.train.memory.Fit;
import ai.luthier.engine.train.memory.TrainingShape;
import ai.luthier.engine.train.memory.TrainingWay;
import ai.luthier.engine.train.options.TrainingOptions;
import ai.luthier.server.models.Base;
import ai.luthier.text.data.JobMethod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    private final TrainingWay usual;
    private final Supplier<List<Base>> bases;

    /**
     * @param available bytes for one run
     * @param usual how runs train where a job says nothing: its threads and its budget are those of every run
     * @param bases that could be trained instead, one for each directory
     */
    public MemoryGate(long available, TrainingWay usual, Supplier<List<Base>> bases) {
        this.available = available;
        this.usual = usual;
        this.bases = bases;
    }

    /**
     * Refuses a job of which not even the smallest of its kind fits.
     *
     * @param name of the model as the client calls it
     * @param method that trains on rows or on pairs of them
     * @param options of the job
     * @throws UserError {@code INSUFFICIENT_MEMORY}
     */
    public void refuseHopeless(TrainableModel model, String name, JobMethod method, TrainingOptions options) {
        refuse(model, name, "model", method, TrainingShape.supervised(way(options), 1, 1, 0));
    }

    /**
     * Refuses a job whose files are known.
     *
     * @param method that trains on rows or on pairs of them
     * @param options of the job
     * @throws UserError {@code INSUFFICIENT_MEMORY}
     */
    void refuse(TrainableModel model, String name, JobMethod method, TrainingOptions options, Examples files) {
        TrainingShape shape = TrainingShape.supervised(way(options), files.batch(), files.longest(), files.tokens())
                .ofExamples(files.count());
        refuse(model, name, "training_file", method, shape);
    }

    /**
     * What is known of a job's files.
     *
     * @param batch examples of a step
     * @param longest tokens of the longest row
     * @param tokens of all rows
     * @param count of examples
     */
    record Examples(int batch, int longest, long tokens, long count) {}

    private TrainingWay way(TrainingOptions options) {
        return TrainingWay.of(options, usual.threads(), usual.budget());
    }

    private void refuse(TrainableModel model, String name, String param, JobMethod method, TrainingShape rows) {
        Fit fit = fit(model.base());
        TrainingShape shape = method == JobMethod.DPO ? rows.onPairs() : rows;
        if (!fit.fits(shape)) {
            List<String> others = others(model.base(), shape);
            throw fit.refusal(name, param, shape, model.adapter().isPresent(), others)
                    .orElseThrow();
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
