package ai.luthier.engine.adapter;

import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.tensor.Dtype;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;

/**
 * What a run changes: low-rank factors beside frozen weights, or some of the weights themselves.
 *
 * <p>Whatever it is, the numbers are one fp32 vector and their gradients another, so that clipping, optimiser and checkpoint
 * handle one tensor each. Owned and used by one thread; closed by its owner.
 */
public sealed interface Trainee extends AutoCloseable permits LoraAdapter, TrainedWeights {

    /** Every trained number, {@code [P]} fp32; whoever writes to it calls {@link #refresh} afterwards. */
    Tensor values();

    /** The gradient of every number, {@code [P]} fp32, in the same order; backward passes add to it. */
    Tensor gradients();

    /** {@code P}. */
    default long parameters() {
        return values().numel();
    }

    /** What a forward pass in this type adds to the projections; belongs to the caller's scope. After an update ask again. */
    Adapter in(Dtype dtype);

    /** The same values with gradients of their own, zero at first; closed like any other, before or after this one. */
    Trainee withOwnGradients();

    /** Takes in what autograd left elsewhere; call it after every backward pass of autograd. */
    void collect();

    /** Lets forward passes see the values as they are now. */
    void refresh();

    /**
     * Writes the directory of a tuned model completely or not at all: under a temporary name beside it, forced to disk, then
     * renamed. Where it already exists nothing is written, for it is complete.
     */
    void write(Path target, PeftDirectory.Base base) throws IOException;

    @Override
    void close();
}
