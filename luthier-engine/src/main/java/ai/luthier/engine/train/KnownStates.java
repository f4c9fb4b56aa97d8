package ai.luthier.engine.train;

import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.tokens.TokenizedExample;
import java.util.IdentityHashMap;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The input of the lowest trained layer for some rows, owned. Any thread may read it.
 *
 * @param byRow {@code [t, d]} each, by identity; empty where nothing is known
 */
record KnownStates(IdentityHashMap<TokenizedExample, Tensor> byRow) implements AutoCloseable {

    static final KnownStates NONE = new KnownStates(new IdentityHashMap<>());

    /** For these rows side by side, {@code [T, d]}, in the caller's scope; null where nothing is known. */
    @Nullable
    Tensor of(List<TokenizedExample> rows) {
        if (byRow.isEmpty()) {
            return null;
        }
        return Tensors.concatenate(0, rows.stream().map(byRow::get).toArray(Tensor[]::new));
    }

    @Override
    public void close() {
        byRow.values().forEach(Tensor::close);
    }
}
