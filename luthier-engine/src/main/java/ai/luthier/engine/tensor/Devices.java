package ai.luthier.engine.tensor;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where this process computes: on its processors, or on a CUDA device. Until {@link #use} says otherwise, on the processors.
 *
 * <p>A build with CUDA ({@code mvn -Pcuda}) brings libtorch's own part and leaves cuBLAS, cuDNN, NCCL and the driver to the system;
 * what of them is absent is named. A device that is there is asked to do one small product forward and backward first, and where that
 * fails or differs from the processors' result, it is not used.
 *
 * <p>Choose once, before the first tensor. Safe for any thread.
 */
public final class Devices {

    /** What may be asked for. */
    public enum Choice {
        AUTO,
        CPU,
        CUDA
    }

    /**
     * What was chosen.
     *
     * @param cuda else the processors
     * @param reason as the end of a sentence
     */
    public record Chosen(boolean cuda, String reason) {}

    /** By file name. */
    private static final Map<String, String> FROM_THE_SYSTEM = new TreeMap<>(Map.of(
            "libcuda.so.1", "NVIDIA's driver",
            "libcublas.so.13", "cuBLAS",
            "libcublasLt.so.13", "cuBLASLt",
            "libcusparse.so.12", "cuSPARSE",
            "libcudnn.so.9", "cuDNN",
            "libnccl.so.2", "NCCL"));

    private static final String BUILD = "/org/bytedeco/pytorch/linux-x86_64-gpu/libtorch_cuda.so";

    private static final double TOLERANCE = 0.02; // bf16 keeps eight bits

    private static volatile boolean cuda;

    private Devices() {}

    /** Whether tensors are made and computed with on a CUDA device. */
    public static boolean cuda() {
        return cuda;
    }

    /**
     * Decides for the rest of the process.
     *
     * @throws UserError ({@link ErrorCode#UNSUPPORTED_VALUE}) where CUDA was asked for and cannot be had; the message says why
     */
    public static Chosen use(Choice asked) {
        if (asked == Choice.CPU) {
            return new Chosen(false, "it was asked for.");
        }
        Optional<String> obstacle = obstacle();
        if (obstacle.isPresent() && asked == Choice.CUDA) {
            throw new UserError(
                    ErrorCode.UNSUPPORTED_VALUE,
                    "device",
                    "There is no CUDA device to compute with: " + obstacle.get() + " Ask for 'auto' or 'cpu' instead.");
        }
        cuda = obstacle.isEmpty();
        return new Chosen(cuda, obstacle.orElse("there is a CUDA device."));
    }

    /** Why there is no CUDA; empty where there is. */
    private static Optional<String> obstacle() {
        if (Devices.class.getResource(BUILD) == null) {
            return Optional.of("this build has no CUDA; mvn -Pcuda makes one that has.");
        }
        List<String> absent = absent();
        if (!absent.isEmpty()) {
            return Optional.of("of CUDA 13 these libraries were not found: " + String.join(", ", absent) + ".");
        }
        Torch.load();
        try {
            Loader.load(org.bytedeco.pytorch.global.torch_cuda.class);
            if (!torch.cuda_is_available()) {
                return Optional.of("libtorch sees no device.");
            }
            return differs()
                    ? Optional.of("the device computes something else than the processors.")
                    : Optional.empty();
        } catch (RuntimeException | LinkageError e) {
            return Optional.of("the device fails: " + e.getMessage());
        }
    }

    /** What the system should have and has not. */
    static List<String> absent() {
        List<String> absent = new ArrayList<>();
        FROM_THE_SYSTEM.forEach((file, name) -> {
            try (Arena arena = Arena.ofConfined()) {
                SymbolLookup.libraryLookup(file, arena);
            } catch (IllegalArgumentException e) {
                absent.add(name + " (" + file + ")");
            }
        });
        return absent;
    }

    private static boolean differs() {
        try (PointerScope _ = new PointerScope()) {
            return Math.abs(probe(new Device("cuda")) / probe(new Device("cpu")) - 1) > TOLERANCE;
        }
    }

    /** A product of cosines in bf16 and its gradient, as one number. */
    private static double probe(Device device) {
        Tensor x = torch.arange(new Scalar(64 * 64)).cos().view(64, 64).to(device, ScalarType.BFloat16);
        x.requires_grad_(true);
        Tensor sum = torch.mm(x, x).square().sum();
        sum.backward();
        return sum.item_double() + x.grad().to(ScalarType.Float).square().sum().item_double();
    }
}
