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
    private final int group;
    private final int mostSeen;
    private final Tensor mask; // [G, B, mostSeen + B]

    Pass(DecoderSpec spec, Dtype dtype, Rows rows, Adapter adapter, List<KeyValueCache> caches) {
        this.rows = rows;
        this.adapter = adapter;
        this.caches = List.copyOf(caches);
        int[] positions = positions(rows, caches);
        this.queryTurn = RotaryTable.at(positions, spec, 1 / Math.sqrt(spec.headWidth()), dtype);
        this.keyTurn = RotaryTable.at(positions, spec, 1, dtype);
        this.group = spec.group();
        this.mostSeen = mostSeen(rows, caches);
        this.mask = strip(Math.min(Attention.BLOCK, rows.longest()), dtype);
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

    /** The most tokens that any query of this pass can see. */
    private static int mostSeen(Rows rows, List<KeyValueCache> caches) {
        int most = 0;
        for (int row = 0; row < rows.count(); row++) {
            most = Math.max(
                    most,
                    rows.length(row) + (caches.isEmpty() ? 0 : caches.get(row).length()));
        }
        return most;
    }

    /**
     * {@code -inf} where column {@code c > mostSeen + i} in row {@code i}, else 0, once for each head of a group. Every block's
     * mask is a window of it.
     */
    private Tensor strip(int rows, Dtype dtype) {
        long columns = (long) mostSeen + rows;
        Tensor full = Tensors.empty(dtype, rows, columns).fill_(new Scalar(Double.NEGATIVE_INFINITY));
        return torch.triu(full, mostSeen + 1L).expand(group, rows, columns).contiguous();
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

    /**
     * What is added to the scores of the last {@code b} of {@code seen} tokens, {@code [G·b, seen]}: 0 for key
     * {@code j ≤ seen - b + i} of query {@code i}, else {@code -inf}.
     */
    Tensor mask(long b, long seen) {
        return mask.narrow(1, 0, b).narrow(2, mostSeen - (seen - b), seen).reshape(group * b, seen);
    }
}
