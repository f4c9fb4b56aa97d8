package ai.luthier.engine.fast;

import ai.luthier.engine.tensor.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What one layer keeps of its forward pass for its backward pass, owned until it is closed. {@code m} rows are all {@code T}, or
 * the {@code n} outputs where the layer is narrow.
 *
 * @param inverse of the norm before attention, {@code [T, 1]} fp32
 * @param normed its result, {@code [T, d]}; null where it is computed again
 * @param attentionRanks U of Q, K and V
 * @param queryNorm of queries before they are turned; null where they are not normed
 * @param keyNorm of keys; null where they are not normed
 * @param query {@code [K, m·G, h]}, turned and scaled
 * @param key {@code [K, T, h]}, turned
 * @param value {@code [K, T, h]}
 * @param weights attention's P of every block; null where they are computed again
 * @param mixed {@code [m, H·h]}
 * @param outputRanks U of O
 * @param middle the residual stream after attention, {@code [m, d]}
 * @param middleInverse {@code [m, 1]} fp32
 * @param middleNormed {@code [m, d]}; null where it is computed again
 * @param feedForwardRanks U of Gate and Up
 * @param gate {@code [m, f]}
 * @param up {@code [m, f]}
 * @param activated {@code silu(gate)} {@code [m, f]}; null where it is computed again
 * @param gated {@code silu(gate) ⊙ up} {@code [m, f]}; null where it is computed again
 * @param downRanks U of Down
 */
record LayerTape(
        Tensor inverse,
        @Nullable Tensor normed,
        List<Tensor> attentionRanks,
        HeadNorm.@Nullable Tape queryNorm,
        HeadNorm.@Nullable Tape keyNorm,
        Tensor query,
        Tensor key,
        Tensor value,
        @Nullable List<Tensor> weights,
        Tensor mixed,
        List<Tensor> outputRanks,
        Tensor middle,
        Tensor middleInverse,
        @Nullable Tensor middleNormed,
        List<Tensor> feedForwardRanks,
        Tensor gate,
        Tensor up,
        @Nullable Tensor activated,
        @Nullable Tensor gated,
        List<Tensor> downRanks)
        implements AutoCloseable {

    /** The same, owning its tensors from now on; {@code weights} are retained already. */
    LayerTape retained() {
        own().forEach(Scopes::retain);
        return this;
    }

    /** How many bytes its tensors have. */
    long bytes() {
        return Stream.concat(own().stream(), tensors(weights).stream())
                .mapToLong(tensor -> tensor.numel() * tensor.element_size())
                .sum();
    }

    private List<Tensor> own() {
        return tensors(
                inverse,
                normed,
                attentionRanks,
                queryNorm,
                keyNorm,
                query,
                key,
                value,
                mixed,
                outputRanks,
                middle,
                middleInverse,
                middleNormed,
                feedForwardRanks,
                gate,
                up,
                activated,
                gated,
                downRanks);
    }

    private static List<Tensor> tensors(@Nullable Object... parts) {
        List<Tensor> tensors = new ArrayList<>();
        for (Object part : parts) {
            switch (part) {
                case null -> {}
                case Tensor tensor -> tensors.add(tensor);
                case HeadNorm.Tape tape -> tensors.addAll(List.of(tape.projected(), tape.inverse()));
                case List<?> list -> list.forEach(element -> tensors.add((Tensor) element));
                default -> throw new IllegalArgumentException(part.toString());
            }
        }
        return tensors;
    }

    @Override
    public void close() {
        own().forEach(Tensor::close);
        tensors(weights).forEach(Tensor::close);
    }
}
