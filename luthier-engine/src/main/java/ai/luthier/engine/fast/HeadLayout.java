package ai.luthier.engine.fast;

import ai.luthier.engine.model.RotaryTable;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Between projections, which are rows of tokens {@code [T, K·G·h]}, and attention, which wants key-value heads first,
 * {@code [K, T·G, h]}. Turning and changing the layout are one pass.
 *
 * @param groups {@code K}; {@code G} is 1 for keys and values
 * @param width {@code h}
 */
record HeadLayout(long groups, long width) {

    /** Turned and with heads first, {@code [K, T·G, h]}, of {@code [T, K·G·h]}. */
    Tensor turned(RotaryTable table, Tensor projected) {
        Tensor x = byHead(projected); // [T, K, G, h]
        Tensor result = Tensors.empty(Dtype.of(x), groups, x.size(0), x.size(2), width); // [K, T, G, h]
        Rotation.apply(table, x, result.permute(1, 0, 2, 3));
        return result.view(groups, -1, width);
    }

    /** The way back of {@link #turned}: writes into {@code target} {@code [T, K·G·h]}. */
    void turnBack(RotaryTable table, Tensor headsFirst, Tensor target) {
        Rotation.backward(table, tokensFirst(headsFirst, target.size(0)), byHead(target));
    }

    /** {@code [K, T·G, h]}, a copy, of {@code [T, K·G·h]}. */
    Tensor headsFirst(Tensor projected) {
        return byHead(projected).permute(1, 0, 2, 3).contiguous().view(groups, -1, width);
    }

    /** {@code [T, K·G·h]}, a copy, of {@code [K, T·G, h]}. */
    Tensor rows(Tensor headsFirst, long tokens) {
        return tokensFirst(headsFirst, tokens).reshape(tokens, -1);
    }

    /** Writes {@code [K, T·G, h]} into {@code target} {@code [T, K·G·h]}. */
    void copy(Tensor headsFirst, Tensor target) {
        byHead(target).copy_(tokensFirst(headsFirst, target.size(0)));
    }

    private Tensor byHead(Tensor projected) {
        return projected.view(projected.size(0), groups, -1, width); // [T, K, G, h]
    }

    private Tensor tokensFirst(Tensor headsFirst, long tokens) {
        return headsFirst.view(groups, tokens, -1, width).permute(1, 0, 2, 3); // [T, K, G, h]
    }
}
