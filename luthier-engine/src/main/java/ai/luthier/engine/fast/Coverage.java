package ai.luthier.engine.fast;

import ai.luthier.engine.model.Activation;
import ai.luthier.engine.model.AttentionSpec.QueryKeyNorm;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.LayerSpec;
import ai.luthier.engine.model.NormSpec;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.model.RopeSpec;
import ai.luthier.engine.tensor.Dtype;
import java.util.List;
import java.util.Optional;

/** Which runs the fast path can do. Everything else is trained by the reference. */
public final class Coverage {

    private Coverage() {}

    /** Why a decoder of this shape and type cannot take the fast path; empty where it can. */
    public static Optional<String> obstacle(DecoderSpec spec, Dtype dtype) {
        if (dtype == Dtype.FP16) {
            return Optional.of("weights are computed with in fp16");
        }
        if (!spec.norm().equals(NormSpec.rms(spec.norm().epsilon()))) {
            return Optional.of("norms of this kind or at these places");
        }
        if (spec.attention().queryKeyNorm() == QueryKeyNorm.TOKEN) {
            return Optional.of("norms over all heads of a query or key");
        }
        if (!spec.gating().gated() || spec.gating().activation() != Activation.SILU || spec.parallelResidual()) {
            return Optional.of("feed-forward blocks of this kind");
        }
        if (spec.ends().learnedPositions() || spec.ends().embeddingScale() != 1) {
            return Optional.of("scaled embeddings or learned positions");
        }
        if (!Projection.of(spec).containsAll(List.of(Projection.QUERY, Projection.GATE))
                || spec.names().transposed()) {
            return Optional.of("fused or transposed projections");
        }
        return layers(spec);
    }

    private static Optional<String> layers(DecoderSpec spec) {
        for (LayerSpec layer : spec.eachLayer()) {
            RopeSpec rope = layer.rope();
            if (rope != null && rope.width() != spec.headWidth()) {
                return Optional.of("ropes over a part of a head");
            }
        }
        return spec.dependsOnLength() ? Optional.of("ropes that depend on the length of a row") : Optional.empty();
    }
}
