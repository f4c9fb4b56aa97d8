package ai.luthier.engine.model;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Keys and values of one row that is being generated, so that each new token costs one token of work. Owned by one
 * generation: not thread-safe, closed at its end.
 */
public final class KeyValueCache implements AutoCloseable {

    private final List<Tensor> keys = new ArrayList<>(); // per layer [K, capacity, h]
    private final List<Tensor> values = new ArrayList<>(); // per layer [K, capacity, h]
    private final int capacity;
    private int length;

    /** Room for a row of {@code capacity} tokens. */
    public KeyValueCache(DecoderSpec spec, Dtype dtype, int capacity) {
        this.capacity = capacity;
        try (PointerScope _ = new PointerScope()) {
            for (int layer = 0; layer < spec.layers(); layer++) {
                long[] shape = {spec.keyValueHeads(), capacity, spec.headWidth()};
                keys.add(Scopes.retain(Tensors.empty(dtype, shape)));
                values.add(Scopes.retain(Tensors.empty(dtype, shape)));
            }
        }
    }

    /** How many tokens of the row it holds. */
    public int length() {
        return length;
    }

    public int capacity() {
        return capacity;
    }

    /** Forgets everything from position {@code newLength} on. */
    public void truncate(int newLength) {
        if (newLength < 0 || newLength > length) {
            throw new IllegalArgumentException("cannot cut a row of " + length + " tokens to " + newLength);
        }
        length = newLength;
    }

    /** Writes new keys {@code [K, t, h]} behind the held ones and returns all of them, {@code [K, length + t, h]}. */
    Tensor appendKeys(int layer, Tensor fresh) {
        return append(keys.get(layer), fresh);
    }

    /** The same for values. */
    Tensor appendValues(int layer, Tensor fresh) {
        return append(values.get(layer), fresh);
    }

    /** Counts the appended tokens in, once every layer has appended them. */
    void advance(int tokens) {
        length += tokens;
    }

    void requireRoom(int tokens) {
        if (length + tokens > capacity) {
            throw new IllegalArgumentException(
                    "a row of " + (length + tokens) + " tokens does not fit a cache of " + capacity);
        }
    }

    private Tensor append(Tensor store, Tensor fresh) {
        long added = fresh.size(1);
        store.narrow(1, length, added).copy_(fresh);
        return store.narrow(1, 0, length + added);
    }

    @Override
    public void close() {
        keys.forEach(Tensor::close);
        values.forEach(Tensor::close);
    }
}
