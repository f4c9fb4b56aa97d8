package ai.luthier.engine.model;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** {@code y = c · tanh(x / c)}: nearly x where it is small, never beyond ±c (Gemma 2). */
final class SoftCap {

    private SoftCap() {}

    /** Of any shape to the same shape. */
    static Tensor apply(Tensor x, double cap) {
        return torch.tanh(x.div(new Scalar(cap))).mul(new Scalar(cap));
    }

    /** {@code dx = (1 - (y/c)²) ⊙ dy}, of the shape of y. */
    static Tensor gradient(Tensor y, Tensor dy, double cap) {
        return dy.sub(dy.mul(y.div(new Scalar(cap)).square()));
    }
}
