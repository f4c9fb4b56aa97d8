package ai.luthier.engine.model;

import ai.luthier.engine.model.QueryKeyValue.Heads;
import org.bytedeco.pytorch.Tensor;

/**
 * The first block of a layer: projections, norms of queries and keys, turns, {@link Attention}, output projection.
 *
 * @param index of the layer
 * @param token whether a norm of queries or keys spans all heads of a token
 */
record SelfAttention(int index, QueryKeyValue inputs, Norm queryNorm, Norm keyNorm, boolean token, Linear output) {

    static SelfAttention of(DecoderWeights weights, int index) {
        DecoderSpec spec = weights.spec();
        AttentionSpec.QueryKeyNorm norm = spec.attention().queryKeyNorm();
        boolean normed = norm != AttentionSpec.QueryKeyNorm.NONE;
        return new SelfAttention(
                index,
                QueryKeyValue.of(weights, index),
                Norm.in(weights, index, normed ? spec.names().queryNorm() : ""),
                Norm.in(weights, index, normed ? spec.names().keyNorm() : ""),
                norm == AttentionSpec.QueryKeyNorm.TOKEN,
                Linear.of(weights, index, Projection.OUTPUT));
    }

    /** {@code [T, d]} to {@code [T, d]}. */
    Tensor apply(Tensor n, Pass pass) {
        Heads heads = inputs.apply(n, pass.adapter());
        Pass.Turns turns = pass.turns(index);
        Tensor q = turns.query().turn(normed(queryNorm, heads.query())); // [T, H, h]
        Tensor k = turns.key().turn(normed(keyNorm, heads.key())); // [T, K, h]
        return output.apply(Attention.apply(q, k, heads.value(), pass, index), pass.adapter()); // [T, d]
    }

    private Tensor normed(Norm norm, Tensor heads) {
        if (!token) {
            return norm.apply(heads);
        }
        long tokens = heads.size(0);
        return norm.apply(heads.reshape(tokens, heads.size(1) * heads.size(2)))
                .view(tokens, heads.size(1), heads.size(2));
    }
}
