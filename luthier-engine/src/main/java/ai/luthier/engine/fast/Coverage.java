package ai.luthier.engine.fast;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import java.util.Optional;

/** Which runs the fast path can do. Everything else is trained by the reference. */
public final class Coverage {

    private Coverage() {}

    /** Why a decoder of this shape and type cannot take the fast path; empty where it can. */
    public static Optional<String> obstacle(DecoderSpec spec, Dtype dtype) {
        if (dtype == Dtype.FP16) {
            return Optional.of("weights are computed with in fp16");
        }
        return Optional.empty();
    }
}
