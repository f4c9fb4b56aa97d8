package ai.luthier.engine.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Tensors from Java arrays and memory, and back. New ones are where this process {@linkplain Devices computes}; each result belongs to
 * the caller's scope.
 */
public final class Tensors {

    static {
        Torch.load();
    }

    private Tensors() {}

    /** The values as int64 {@code [n]}. */
    public static Tensor ids(int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return longs(wide);
    }

    /** The values as int64 {@code [n]}; empty arrays too. */
    public static Tensor longs(long[] values) {
        Tensor result = torch.empty(new long[] {values.length}, host(ScalarType.Long), null);
        if (values.length > 0) {
            MemorySegment.copy(values, 0, memory(result), ValueLayout.JAVA_LONG, 0, values.length);
        }
        return placed(result);
    }

    /** The values as fp32 of the given shape. */
    public static Tensor floats(float[] values, long... shape) {
        Tensor result = torch.empty(shape, host(ScalarType.Float), null);
        if (result.numel() != values.length) {
            throw new IllegalArgumentException(values.length + " values for " + result.numel() + " elements");
        }
        MemorySegment.copy(values, 0, memory(result), ValueLayout.JAVA_FLOAT, 0, values.length);
        return placed(result);
    }

    public static Tensor zeros(Dtype dtype, long... shape) {
        return torch.zeros(shape, options(dtype.scalarType()));
    }

    /** A tensor whose contents are whatever the memory held. */
    public static Tensor empty(Dtype dtype, long... shape) {
        return torch.empty(shape, options(dtype.scalarType()), null);
    }

    /** A tensor over memory of this machine that somebody else owns and keeps alive; nothing is copied. */
    public static Tensor over(MemorySegment memory, Dtype dtype, long... shape) {
        return torch.from_blob(new Address(memory.address()), shape, host(dtype.scalarType()));
    }

    /** The tensor where this process computes: itself, or a copy on the device. */
    public static Tensor placed(Tensor tensor) {
        return Devices.cuda() ? tensor.cuda() : tensor;
    }

    /** The tensor in this machine's memory: itself, or a copy. */
    public static Tensor onHost(Tensor tensor) {
        return tensor.is_cuda() ? tensor.cpu() : tensor;
    }

    /** All elements in row-major order, converted to fp32. */
    public static float[] toFloats(Tensor tensor) {
        Tensor plain = onHost(tensor.detach()).to(ScalarType.Float).contiguous();
        return memory(plain).toArray(ValueLayout.JAVA_FLOAT);
    }

    /** All elements of an integer tensor in row-major order. */
    public static long[] toLongs(Tensor tensor) {
        Tensor plain = onHost(tensor.detach()).to(ScalarType.Long).contiguous();
        return memory(plain).toArray(ValueLayout.JAVA_LONG);
    }

    /** The bytes of a contiguous tensor in this machine's memory, valid while the tensor is. */
    public static MemorySegment memory(Tensor tensor) {
        if (!tensor.is_contiguous()) {
            throw new IllegalArgumentException("only a contiguous tensor has its bytes in order");
        }
        long bytes = tensor.numel() * tensor.element_size();
        return bytes == 0
                ? MemorySegment.NULL
                : MemorySegment.ofAddress(tensor.data_ptr().address()).reinterpret(bytes);
    }

    /** {@code [d0, d1, …]}. */
    public static long[] shape(Tensor tensor) {
        long[] shape = new long[(int) tensor.dim()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensor.size(i);
        }
        return shape;
    }

    /** The parts one after the other along a dimension. */
    public static Tensor concatenate(long dimension, Tensor... parts) {
        return parts.length == 1 ? parts[0] : torch.cat(new TensorVector(parts), dimension);
    }

    private static TensorOptions options(ScalarType type) {
        TensorOptions options = host(type);
        return Devices.cuda() ? options.device(new DeviceOptional(new Device("cuda"))) : options;
    }

    private static TensorOptions host(ScalarType type) {
        return new TensorOptions(type);
    }

    /** A bare address in JavaCPP's clothes. */
    private static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }
}
