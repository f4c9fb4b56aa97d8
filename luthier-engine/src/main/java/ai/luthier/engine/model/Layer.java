package ai.luthier.engine.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** One layer: attention and the gated feed-forward product, each on a normed copy and added to the residual stream. */
record Layer(
        int index,
        int headWidth,
        RmsNorm attentionNorm,
        Linear query,
        Linear key,
        Linear value,
        Linear output,
        RmsNorm feedForwardNorm,
        Linear gate,
        Linear up,
        Linear down) {

    static Layer of(DecoderWeights weights, int index) {
        DecoderSpec spec = weights.spec();
        return new Layer(
                index,
                spec.headWidth(),
                new RmsNorm(weights.get(WeightNames.attentionNorm(index)), spec.normEpsilon()),
                Linear.of(weights, index, Projection.QUERY),
                Linear.of(weights, index, Projection.KEY),
                Linear.of(weights, index, Projection.VALUE),
                Linear.of(weights, index, Projection.OUTPUT),
                new RmsNorm(weights.get(WeightNames.feedForwardNorm(index)), spec.normEpsilon()),
                Linear.of(weights, index, Projection.GATE),
                Linear.of(weights, index, Projection.UP),
                Linear.of(weights, index, Projection.DOWN));
    }

    /** {@code [T, d]} to {@code [T, d]}. */
    Tensor apply(Tensor x, Pass pass) {
        Tensor afterAttention = x.add(attend(attentionNorm.apply(x), pass)); // [T, d]
        return afterAttention.add(feedForward(feedForwardNorm.apply(afterAttention), pass)); // [T, d]
    }

    private Tensor attend(Tensor n, Pass pass) {
        Adapter adapter = pass.adapter();
        Tensor q = pass.queryTurn().turn(heads(query.apply(n, adapter))); // [T, H, h]
        Tensor k = pass.keyTurn().turn(heads(key.apply(n, adapter))); // [T, K, h]
        Tensor v = heads(value.apply(n, adapter)); // [T, K, h]
        return output.apply(Attention.apply(q, k, v, pass, index), adapter); // [T, d]
    }

    private Tensor feedForward(Tensor n, Pass pass) {
        Tensor gated = torch.silu(gate.apply(n, pass.adapter())); // [T, f]
        return down.apply(gated.mul(up.apply(n, pass.adapter())), pass.adapter()); // [T, d]
    }

    private Tensor heads(Tensor projected) {
        return projected.view(projected.size(0), projected.size(1) / headWidth, headWidth);
    }
}
