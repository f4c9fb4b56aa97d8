package ai.luthier.engine.model;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The nonlinear function of a feed-forward block, element by element. */
public enum Activation {
    /** {@code x · σ(x)}. */
    SILU,
    /** {@code x · Φ(x)}, exact. */
    GELU,
    /** The same with Φ approximated by a hyperbolic tangent. */
    GELU_TANH,
    /** {@code max(x, 0)}. */
    RELU;

    /** The function that transformers calls by this name. */
    public static Optional<Activation> named(String name) {
        return switch (name) {
            case "silu", "swish" -> Optional.of(SILU);
            case "gelu", "gelu_python" -> Optional.of(GELU);
            case "gelu_pytorch_tanh", "gelu_new", "gelu_fast", "gelu_python_tanh" -> Optional.of(GELU_TANH);
            case "relu" -> Optional.of(RELU);
            default -> Optional.empty();
        };
    }

    /** Of any shape to the same shape. */
    Tensor apply(Tensor x) {
        return switch (this) {
            case SILU -> torch.silu(x);
            case GELU -> torch.gelu(x);
            case GELU_TANH -> torch.gelu(x, "tanh");
            case RELU -> torch.relu(x);
        };
    }
}
