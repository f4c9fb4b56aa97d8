package ai.luthier.engine.tensor;

import java.util.Arrays;
import java.util.function.LongSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How fast this process multiplies matrices: the yardstick of training speed. A linear layer {@code [tokens, in]} to
 * {@code [tokens, out]} costs {@code 2·tokens·in·out} floating-point operations.
 */
public final class MatmulRate {

    private static final int REPEATS = 41;

    private MatmulRate() {}

    /** Median operations per second of a linear layer in this type, after a warm-up, by a clock in nanoseconds. */
    public static double measure(Dtype dtype, long tokens, long in, long out, LongSupplier clock) {
        try (PointerScope _ = new PointerScope()) {
            return Scopes.withoutGradients(() -> {
                Tensor x = Tensors.zeros(Dtype.FP32, tokens, in).normal_().to(dtype.scalarType());
                Tensor weight = Tensors.zeros(Dtype.FP32, out, in).normal_().to(dtype.scalarType());
                double[] seconds = new double[REPEATS];
                for (int i = -5; i < REPEATS; i++) {
                    long start = clock.getAsLong();
                    try (Tensor y = torch.linear(x, weight)) {
                        if (i >= 0) {
                            seconds[i] = (clock.getAsLong() - start) / 1e9;
                        }
                        assert y.defined();
                    }
                }
                Arrays.sort(seconds);
                return 2.0 * tokens * in * out / seconds[REPEATS / 2];
            });
        }
    }
}
