package ai.luthier.engine.train.memory;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.memory.MemoryEstimate.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of a worker that trains, at its fullest moment: what its run takes in any case ({@link RunMemory}), the activations of the
 * passes that run side by side ({@link PassMemory}) with the room between tensors that none fits into, and what loading takes above
 * that.
 */
public final class TrainingMemory {

    private TrainingMemory() {}

    /**
     * What a run takes.
     *
     * @param stored type of the base's weights in their file
     */
    public static MemoryEstimate of(DecoderSpec spec, Dtype stored, TrainingShape shape) {
        return of(shape.way().run(spec, stored, shape.fileTokens()), shape);
    }

    /** What a run takes that knows its lanes and its path. */
    public static MemoryEstimate of(RunMemory run, TrainingShape shape) {
        long activations = activations(run, shape);
        long fragments = (long) (RunDefaults.FRAGMENTS * activations);
        List<Part> parts = new ArrayList<>(run.standingParts());
        parts.add(new Part("activations", activations));
        parts.add(new Part("fragmentation", fragments));
        parts.add(new Part("loading", Math.max(0, run.conversion() - activations - fragments)));
        return new MemoryEstimate(parts);
    }

    /**
     * Of the passes of one moment. A step is cut into passes of at most a budget of tokens, which lanes share, or of one example; a step
     * of fewer examples than lanes is one thing after the other.
     */
    private static long activations(RunMemory run, TrainingShape shape) {
        TrainingWay way = shape.way();
        MemoryBudget budget = MemoryBudget.of(way.budget(), run);
        int most = budget.tokens(RunDefaults.PASS_TOKENS, shape.longest(), way.recompute());
        int lanes = shape.batch() >= run.lanes() ? run.lanes() : 1;
        int examples = (shape.batch() + lanes - 1) / lanes;
        long share = Math.max(examples * shape.stepTokens() / shape.batch(), shape.exampleTokens());
        long tokens = Math.min(share, Math.max(most / lanes, shape.exampleTokens()));
        PassMemory pass = run.pass(tokens, shape.longest());
        boolean layerByLayer =
                run.path() == TrainingPath.FAST && shape.exampleTokens() > (long) RunDefaults.LONG_PASSES * most;
        long kept = way.recompute() || layerByLayer ? 0 : keptWithin(run, budget, pass);
        return lanes * pass.peak(kept);
    }

    /** On the reference path, layers keep everything whatever is left. */
    private static long keptWithin(RunMemory run, MemoryBudget budget, PassMemory pass) {
        return run.path() == TrainingPath.FAST ? budget.kept(pass.tokens(), pass.longest()) : pass.whole();
    }
}
