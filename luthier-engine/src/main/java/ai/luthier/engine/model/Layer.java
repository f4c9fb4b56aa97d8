package ai.luthier.engine.model;

import org.bytedeco.pytorch.Tensor;

/**
 * One layer: attention and the feed-forward block, each between its norms and added to the residual stream.
 *
 * @param before the norm in front of attention
 * @param after the norm behind it; {@link Norm.None} in most families
 * @param parallel whether the feed-forward block sees the layer's input instead of what attention made of it
 */
record Layer(
        Norm before,
        SelfAttention attention,
        Norm after,
        Norm feedForwardBefore,
        FeedForward feedForward,
        Norm feedForwardAfter,
        boolean parallel) {

    static Layer of(DecoderWeights weights, int index) {
        ModuleNames names = weights.spec().names();
        return new Layer(
                Norm.in(weights, index, names.attentionNorms().before()),
                SelfAttention.of(weights, index),
                Norm.in(weights, index, names.attentionNorms().after()),
                Norm.in(weights, index, names.feedForwardNorms().before()),
                FeedForward.of(weights, index),
                Norm.in(weights, index, names.feedForwardNorms().after()),
                weights.spec().parallelResidual());
    }

    /** {@code [T, d]} to {@code [T, d]}. */
    Tensor apply(Tensor x, Pass pass) {
        Tensor attended = after.apply(attention.apply(before.apply(x), pass)); // [T, d]
        Tensor between = x.add(attended); // [T, d]
        Tensor n = feedForwardBefore.apply(parallel ? x : between); // [T, d]
        return between.add(feedForwardAfter.apply(feedForward.apply(n, pass.adapter()))); // [T, d]
    }
}
