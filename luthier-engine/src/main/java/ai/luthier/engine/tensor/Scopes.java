package ai.luthier.engine.tensor;

import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Ways for a tensor to leave the scope that it was computed in, and for code to run without autograd. */
public final class Scopes {

    private Scopes() {}

    /**
     * Runs the body in a scope of its own and hands its result to the scope around it; every other tensor of the body is
     * released (autograd keeps what it saved for the backward pass).
     */
    public static Tensor returning(Supplier<Tensor> body) {
        PointerScope outer = PointerScope.getInnerScope();
        try (PointerScope _ = new PointerScope()) {
            Tensor result = body.get();
            if (outer == null) {
                return retain(result);
            }
            outer.attach(result);
            return result;
        }
    }

    /** Lets the tensor outlive every scope; the caller owns it from now on and calls {@code close()} once. */
    public static Tensor retain(Tensor tensor) {
        tensor.retainReference();
        return tensor;
    }

    /** Runs the body without recording it for a backward pass. */
    public static <T> T withoutGradients(Supplier<T> body) {
        try (NoGradGuard _ = new NoGradGuard()) {
            return body.get();
        }
    }
}
