package ai.luthier.engine.model;

import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * One projection of one layer: {@code y = x·Wᵀ + b}, and what the adapter adds to it.
 *
 * @param weight {@code [out, in]}, a view of what the file holds
 * @param bias {@code [out]}
 */
record Linear(
        int layer,
        Projection projection,
        Tensor weight,
        @Nullable Tensor bias) {

    static Linear of(DecoderWeights weights, int layer, Projection projection) {
        DecoderSpec spec = weights.spec();
        return new Linear(
                layer,
                projection,
                weights.projection(layer, projection),
                projection.biased(spec) ? weights.get(WeightNames.bias(spec, layer, projection)) : null);
    }

    /** {@code [T, in]} to {@code [T, out]}. */
    Tensor apply(Tensor x, Adapter adapter) {
        Tensor y = bias == null ? torch.linear(x, weight) : torch.linear(x, weight, bias); // [T, out]
        Optional<LowRank> change = adapter.change(layer, projection);
        if (change.isEmpty()) {
            return y;
        }
        LowRank low = change.get();
        Tensor u = torch.linear(x, low.a()); // [T, r]
        // y += scale · u·Bᵀ, straight into y: nothing saved it for the backward pass.
        return y.addmm_(u, low.b().t(), new Scalar(1.0), new Scalar(low.scale()));
    }
}
