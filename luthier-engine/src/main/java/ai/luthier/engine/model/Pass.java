package ai.luthier.engine.model;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What every layer of one forward pass shares: the rows, the adapter, the caches, the rotary tables and the causal mask.
 * Belongs to the scope in which it was made.
 */
final class Pass {

    private final Rows rows;
    private final Adapter adapter;
    private final List<KeyValueCache> caches;
    private final RotaryTable queryTurn;
    private final RotaryTable keyTurn;
    private final Tensor mask; // [longest, longest], -inf above the diagonal

    Pass(DecoderSpec spec, Dtype dtype, Rows rows, Adapter adapter, List<KeyValueCache> caches) {
        this.rows = rows;
        this.adapter = adapter;
        this.caches = List.copyOf(caches);
        int[] positions = positions(rows, caches);
        this.queryTurn = RotaryTable.at(positions, spec, 1 / Math.sqrt(spec.headWidth()), dtype);
        this.keyTurn = RotaryTable.at(positions, spec, 1, dtype);
        this.mask = causal(rows.longest(), rows.longest(), dtype);
    }

    /** Where each token stands in its own row, {@code [T]}. */
    private static int[] positions(Rows rows, List<KeyValueCache> caches) {
        int[] positions = new int[rows.tokens()];
        for (int row = 0; row < rows.count(); row++) {
            int first = caches.isEmpty() ? 0 : caches.get(row).length();
            for (int i = 0; i < rows.length(row); i++) {
                positions[rows.starts()[row] + i] = first + i;
            }
        }
        return positions;
    }

    /** {@code [queries, keys]}: the last query sees every key, each one before it one key less. */
    private static Tensor causal(int queries, int keys, Dtype dtype) {
        Tensor full = Tensors.empty(dtype, queries, keys).fill_(new Scalar(Double.NEGATIVE_INFINITY));
        return torch.triu(full, (long) keys - queries + 1);
    }

    Rows rows() {
        return rows;
    }

    Adapter adapter() {
        return adapter;
    }

    RotaryTable queryTurn() {
        return queryTurn;
    }

    RotaryTable keyTurn() {
        return keyTurn;
    }

    boolean cached() {
        return !caches.isEmpty();
    }

    KeyValueCache cache(int row) {
        return caches.get(row);
    }

    /** What is added to the scores of {@code queries} new tokens over {@code keys} tokens in all. */
    Tensor mask(int queries, int keys) {
        return queries == keys ? mask.narrow(0, 0, queries).narrow(1, 0, keys) : causal(queries, keys, Dtype.of(mask));
    }
}
