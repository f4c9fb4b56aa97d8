package ai.luthier.engine.model;

import org.bytedeco.pytorch.Tensor;

/** A norm over the last dimension. */
sealed interface Norm permits Norm.None, RmsNorm, LayerNorm {

    /** The same shape, normed. */
    Tensor apply(Tensor x);

    /** The norm of this name; nothing where the name is empty. */
    static Norm of(DecoderWeights weights, String path) {
        if (path.isEmpty()) {
            return None.NONE;
        }
        NormSpec spec = weights.spec().norm();
        Tensor weight = weights.get(path + ".weight");
        return switch (spec.kind()) {
            case RMS -> new RmsNorm(weight, spec.epsilon(), spec.offset(), spec.wide());
            case LAYER -> new LayerNorm(weight, weights.get(path + ".bias"), spec.epsilon());
        };
    }

    /** The norm of this name within a layer; nothing where the name is empty. */
    static Norm in(DecoderWeights weights, int layer, String name) {
        return of(weights, name.isEmpty() ? "" : weights.spec().names().inLayer(layer, name));
    }

    /** Leaves everything as it is. */
    enum None implements Norm {
        NONE;

        @Override
        public Tensor apply(Tensor x) {
            return x;
        }
    }
}
