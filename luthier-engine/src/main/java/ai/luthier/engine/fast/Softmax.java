package ai.luthier.engine.fast;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Operator;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;

/** Softmax over the last of three dimensions and its backward pass, both in place: libtorch's {@code out} variants, boxed. */
final class Softmax {

    private static final Operator FORWARD = Operator.named("aten::_softmax", "out");
    private static final Operator BACKWARD = Operator.named("aten::_softmax_backward_data", "out");

    private Softmax() {}

    /** {@code P = exp(S - max S) / Σ exp(S - max S)}, over {@code S} {@code [·, ·, n]}. */
    static void apply(Tensor scores) {
        try (Tensor _ = FORWARD.call(new IValue(scores), new IValue(2L), new IValue(false), new IValue(scores))) {}
    }

    /** {@code dS = P ⊙ (dP - Σ P ⊙ dP)}, over {@code dP} {@code [·, ·, n]}. */
    static void backward(Tensor weights, Tensor gradient) {
        long type = Dtype.of(weights).scalarType().value;
        try (Tensor _ = BACKWARD.call(
                new IValue(gradient), new IValue(weights), new IValue(2L), new IValue(type), new IValue(gradient))) {}
    }
}
