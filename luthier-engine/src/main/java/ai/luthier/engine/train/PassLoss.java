package ai.luthier.engine.train;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What is computed from the hidden states of one pass, between the way forward and the way back. Passes of one step may run on
 * several threads.
 *
 * @param <U> what must lie in a pass as a whole: an example, or both sides of a pair
 * @param <R> what it says
 */
@FunctionalInterface
interface PassLoss<U, R> {

    /**
     * Evaluates a pass.
     *
     * @param units in the pass
     * @param hidden {@code [T, d]}, or a line for each supervised token; {@code batch.positions()} index its lines
     * @param batch whose hidden states these are
     * @param gradient of the same shape, starting at zero, to be filled; null where nobody goes back
     */
    R of(List<U> units, Tensor hidden, Batch batch, @Nullable Tensor gradient);
}
