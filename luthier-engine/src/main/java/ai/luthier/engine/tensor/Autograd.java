package ai.luthier.engine.tensor;

import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/** The way back through libtorch's recorded graph. */
public final class Autograd {

    private Autograd() {}

    /** Starts at {@code output} with its gradient, of the same shape; leaves add what arrives to their own gradients. */
    public static void backward(Tensor output, Tensor gradient) {
        if (output.requires_grad()) {
            output.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
        }
    }
}
