package ai.luthier.engine.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The C library's heap, in which tensors lie. The launcher and workers tell glibc to keep what is freed, because asking the kernel
 * for it again costs a tenth of training and more; so whatever lies between tensors stays with the process until it is
 * {@linkplain #trim given back}. Elsewhere than on Linux with glibc nothing here does anything.
 *
 * <p>Safe for any thread.
 */
public final class NativeHeap {

    private static final Path STATM = Path.of("/proc/self/statm");
    private static final int PAGE = 4096;

    private static final Optional<MethodHandle> TRIM = Linker.nativeLinker()
            .defaultLookup()
            .find("malloc_trim")
            .map(function -> Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG)));

    private NativeHeap() {}

    /** Bytes of this process that are in memory now; 0 where the system does not say. */
    public static long resident() {
        if (!Files.exists(STATM)) {
            return 0;
        }
        try {
            return Long.parseLong(Files.readString(STATM).split(" ")[1]) * PAGE;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives every free page back to the kernel. */
    public static void trim() {
        if (TRIM.isPresent()) {
            try {
                int _ = (int) TRIM.get().invokeExact(0L);
            } catch (Throwable e) {
                throw new IllegalStateException("malloc_trim", e);
            }
        }
    }
}
