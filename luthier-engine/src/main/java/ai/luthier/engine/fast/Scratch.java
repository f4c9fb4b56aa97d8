package ai.luthier.engine.fast;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Working memory in fp32 that the elementwise passes use again and again: memory that was just used is in the cache, memory
 * that was just allocated is not, which is a factor of two for a pass that does little else. One thread's.
 */
final class Scratch implements AutoCloseable {

    private final boolean reused;
    private final @Nullable Tensor[] buffers = new Tensor[3];

    /** {@code reused} false gives new memory every time. */
    Scratch(boolean reused) {
        this.reused = reused;
    }

    /** Buffer {@code index} in {@code [0, 3)} as {@code [rows, columns]}, its contents whatever was there. */
    Tensor wide(int index, long rows, long columns) {
        if (!reused) {
            return Tensors.empty(Dtype.FP32, rows, columns);
        }
        Tensor buffer = buffers[index];
        if (buffer == null || buffer.numel() < rows * columns) {
            if (buffer != null) {
                buffer.close();
            }
            try (PointerScope _ = new PointerScope()) {
                buffer = Scopes.retain(Tensors.empty(Dtype.FP32, rows * columns));
            }
            buffers[index] = buffer;
        }
        return buffer.narrow(0, 0, rows * columns).view(rows, columns);
    }

    @Override
    public void close() {
        for (Tensor buffer : buffers) {
            if (buffer != null) {
                buffer.close();
            }
        }
    }
}
