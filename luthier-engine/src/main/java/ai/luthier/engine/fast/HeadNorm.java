package ai.luthier.engine.fast;

import ai.luthier.engine.tensor.Dtype;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** The norm of every head of queries or keys before they are turned, by {@link RmsNormKernel}; or none. */
final class HeadNorm implements AutoCloseable {

    private final @Nullable RmsNormKernel kernel;
    private final long width;

    /** {@code kernel} over {@code [·, h]}, owned; null for none. */
    HeadNorm(@Nullable RmsNormKernel kernel, long width) {
        this.kernel = kernel;
        this.width = width;
    }

    /** Takes over the weight as it is now. */
    void refresh() {
        if (kernel != null) {
            kernel.refresh();
        }
    }

    /**
     * What the way back needs.
     *
     * @param projected {@code [T, heads·h]}
     * @param inverse {@code [T·heads, 1]} fp32
     */
    record Tape(Tensor projected, Tensor inverse) {}

    /** Of {@code [T, heads·h]}; null without a norm. */
    @Nullable
    Tape tape(Tensor projected) {
        return kernel == null ? null : new Tape(projected, kernel.inverse(heads(projected)));
    }

    /** {@code [T, heads·h]}, normed. */
    Tensor apply(Tensor projected, @Nullable Tape tape) {
        return kernel == null || tape == null
                ? projected
                : kernel.apply(heads(projected), tape.inverse()).view(projected.size(0), projected.size(1));
    }

    /** Turns the gradient of the normed heads {@code [T, heads·h]} into that of the projected ones, in place. */
    void backward(@Nullable Tape tape, Tensor gradient) {
        if (kernel != null && tape != null) {
            kernel.weightBackward(heads(tape.projected()), tape.inverse(), heads(gradient));
            Tensor dx = kernel.gradient(heads(tape.projected()), tape.inverse(), heads(gradient)); // [T·heads, h] fp32
            gradient.copy_(dx.to(Dtype.of(gradient).scalarType()).view(gradient.size(0), gradient.size(1)));
        }
    }

    private Tensor heads(Tensor rows) {
        return rows.reshape(-1, width); // [T·heads, h]
    }

    @Override
    public void close() {
        if (kernel != null) {
            kernel.close();
        }
    }
}
