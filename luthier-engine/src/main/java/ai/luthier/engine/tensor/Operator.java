package ai.luthier.engine.tensor;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;

/**
 * One operator of libtorch's dispatcher, called boxed: the door to everything that JavaCPP does not map.
 *
 * <pre>{@code
 * Operator linear = Operator.named("mkldnn::_linear_pointwise", "");
 * }</pre>
 *
 * <p>A boxed call costs a few microseconds more than a mapped one. Safe for any thread.
 */
public final class Operator {

    static {
        Torch.load();
    }

    private final OperatorHandle handle;

    private Operator(OperatorHandle handle) {
        this.handle = handle;
    }

    /**
     * The operator of that name, for example {@code "mkldnn::_linear_pointwise"}, and overload ({@code ""} for the plain one).
     * Throws where this libtorch has none.
     */
    public static Operator named(String name, String overload) {
        OperatorHandle handle = Dispatcher.singleton().findSchemaOrThrow(name, overload);
        handle.retainReference();
        return new Operator(handle);
    }

    /** Calls the operator with every argument of its schema in order and returns its first result. */
    public Tensor call(IValue... arguments) {
        IValueVector stack = new IValueVector(arguments);
        handle.callBoxed(stack);
        return stack.get(0).toTensor();
    }
}
