package ai.luthier.engine.model;

import static java.util.Objects.requireNonNull;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What every layer of one forward pass shares: the rows, the adapter, the caches, the rotary tables and the causal masks.
 * Belongs to the scope in which it was made.
 */
final class Pass {

    /** How a layer turns queries, with its scale in the table, and keys. */
    record Turns(Turn query, Turn key) {}

    private final DecoderSpec spec;
    private final Rows rows;
    private final Adapter adapter;
    private final List<KeyValueCache> caches;
    private final Places places;
    private final int mostSeen;
    private final List<Turns> turns = new ArrayList<>();
    private final Map<Integer, Tensor> masks = new HashMap<>(); // by window, [G, B, mostSeen + B]

    Pass(DecoderSpec spec, Dtype dtype, Rows rows, Adapter adapter, List<KeyValueCache> caches) {
        this.spec = spec;
        this.rows = rows;
        this.adapter = adapter;
        this.caches = List.copyOf(caches);
        this.places = Places.of(rows, caches);
        this.mostSeen = places.mostSeen();
        Map<LayerSpec, Turns> known = new HashMap<>();
        int block = Math.min(Attention.BLOCK, rows.longest());
        for (LayerSpec layer : spec.eachLayer()) {
            turns.add(known.computeIfAbsent(layer, _ -> turns(layer, dtype)));
            masks.computeIfAbsent(layer.window(), window -> strip(block, window, dtype));
        }
    }

    private Turns turns(LayerSpec layer, Dtype dtype) {
        RopeSpec rope = layer.rope();
        if (rope == null) {
            return new Turns(new Turn.Scale(layer.queryScale()), new Turn.Scale(1));
        }
        return new Turns(
                RotaryTable.at(places, rope, layer.queryScale(), dtype), RotaryTable.at(places, rope, 1, dtype));
    }

    /**
     * {@code -inf} where column {@code c > mostSeen + i} in row {@code i}, and in a window also where
     * {@code c ≤ mostSeen + i - window}, else 0; once for each head of a group. Every block's mask is a piece of it.
     */
    private Tensor strip(int rows, int window, Dtype dtype) {
        long columns = (long) mostSeen + rows;
        Tensor full = Tensors.empty(dtype, rows, columns).fill_(new Scalar(Double.NEGATIVE_INFINITY));
        Tensor hidden = torch.triu(full, mostSeen + 1L);
        if (window > 0) {
            hidden = hidden.add(torch.tril(full, (long) mostSeen - window));
        }
        return hidden.expand(spec.group(), rows, columns).contiguous();
    }

    Rows rows() {
        return rows;
    }

    Places places() {
        return places;
    }

    Adapter adapter() {
        return adapter;
    }

    Turns turns(int layer) {
        return turns.get(layer);
    }

    int window(int layer) {
        return spec.layer(layer).window();
    }

    double softCap() {
        return spec.attention().softCap();
    }

    boolean cached() {
        return !caches.isEmpty();
    }

    KeyValueCache cache(int row) {
        return caches.get(row);
    }

    /**
     * What is added to the scores of the last {@code b} of {@code seen} tokens against keys {@code [from, seen)},
     * {@code [G·b, seen - from]}: 0 for key {@code j ≤ seen - b + i} of query {@code i} within the layer's window, else
     * {@code -inf}.
     */
    Tensor mask(int layer, long b, long from, long seen) {
        Tensor strip = requireNonNull(masks.get(window(layer)));
        return strip.narrow(1, 0, b)
                .narrow(2, mostSeen - (seen - b) + from, seen - from)
                .reshape(spec.group() * b, seen - from);
    }
}
