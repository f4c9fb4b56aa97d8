package ai.luthier.engine.train;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Clipping by the norm of all gradients together, in the arithmetic of {@code torch.nn.utils.clip_grad_norm_}. */
final class GradientNorm {

    private GradientNorm() {}

    /** Scales the gradients {@code [P]} by {@code min(1, max / (norm + 1e-6))} in place and returns the norm before. */
    static double clip(Tensor gradients, double max) {
        try (PointerScope _ = new PointerScope()) {
            double norm = torch.norm(gradients).item_double();
            gradients.mul_(new Scalar((float) Math.min(1, max / (norm + 1e-6))));
            return norm;
        }
    }
}
