package ai.luthier.engine.train;

import ai.luthier.engine.fast.Coverage;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.options.TrainingMethod;
import java.util.Optional;

/** Which code computes a run's gradients. */
public enum TrainingPath {
    /** The fast one where it covers the run, the reference otherwise. */
    AUTO,
    /** Autograd: every family and every method. */
    REFERENCE,
    /** The hand-written backward pass, {@code ai.luthier.engine.fast}; a run that it does not cover fails. */
    FAST;

    /** Why the fast one cannot train a base of this shape and type by this method; empty where it can. */
    public static Optional<String> obstacle(TrainingMethod method, DecoderSpec spec, Dtype dtype) {
        Optional<String> ofMethod = switch (method) {
            case LORA, RSLORA, LAST_LAYERS -> Optional.empty();
            case FULL -> Optional.of("full training");
        };
        return ofMethod.or(() -> Coverage.obstacle(spec, dtype));
    }

    /** {@code FAST} or {@code REFERENCE}: what a run takes that asks for this. */
    public TrainingPath on(TrainingMethod method, DecoderSpec spec, Dtype dtype) {
        return switch (this) {
            case AUTO -> obstacle(method, spec, dtype).isEmpty() ? FAST : REFERENCE;
            case REFERENCE, FAST -> this;
        };
    }
}
