package ai.luthier.engine.checkpoint;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A safetensors file, mapped read-only: its tensors lie in the page cache and are not copied.
 *
 * <p>Tensors from here must not be written to and must be released before {@link #close}. Reading is safe for any thread.
 */
public final class SafetensorsFile implements AutoCloseable {

    private final SafetensorsHeader header;
    private final Arena arena;
    private final MemorySegment data;

    private SafetensorsFile(SafetensorsHeader header, Arena arena, MemorySegment data) {
        this.header = header;
        this.arena = arena;
        this.data = data;
    }

    /** Maps the file. {@code UserError(INVALID_MODEL)} where its header does not describe it exactly. */
    public static SafetensorsFile open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafetensorsHeader header = SafetensorsHeader.read(file, channel);
            Arena arena = Arena.ofShared();
            MemorySegment data = channel.map(
                    FileChannel.MapMode.READ_ONLY, header.dataStart(), channel.size() - header.dataStart(), arena);
            return new SafetensorsFile(header, arena, data);
        }
    }

    public Set<String> names() {
        return header.entries().keySet();
    }

    /** The strings that the writer put beside the tensors. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** The tensor of that name over the mapped bytes; belongs to the caller's scope. */
    public Tensor tensor(String name) {
        SafetensorsEntry entry = entry(name);
        Dtype dtype = entry.dtype()
                .orElseThrow(() -> new IllegalArgumentException(
                        "tensor " + name + " has the type '" + entry.type() + "'; only F32, F16 and BF16 are read"));
        return Tensors.over(bytes(entry), dtype, entry.shape());
    }

    /** Whether two files hold the same numbers under these names: shape, type and bytes are equal. */
    static boolean equal(SafetensorsFile a, String nameInA, SafetensorsFile b, String nameInB) {
        SafetensorsEntry one = a.entry(nameInA);
        SafetensorsEntry other = b.entry(nameInB);
        return one.type().equals(other.type())
                && Arrays.equals(one.shape(), other.shape())
                && a.bytes(one).mismatch(b.bytes(other)) < 0;
    }

    private MemorySegment bytes(SafetensorsEntry entry) {
        return data.asSlice(entry.begin(), entry.end() - entry.begin());
    }

    SafetensorsEntry entry(String name) {
        SafetensorsEntry entry = header.entries().get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return entry;
    }

    @Override
    public void close() {
        arena.close();
    }
}
