package ai.luthier.engine.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A GGUF file, mapped read-only. Reading is safe for any thread; {@link #close} unmaps it.
 */
public final class GgufFile implements AutoCloseable {

    private final Path path;
    private final GgufHeader header;
    private final Arena arena;
    private final MemorySegment data;

    private GgufFile(Path path, GgufHeader header, Arena arena, MemorySegment data) {
        this.path = path;
        this.header = header;
        this.arena = arena;
        this.data = data;
    }

    /** Maps the file. {@code UserError(INVALID_MODEL)} where its header does not describe it, or names types not read here. */
    public static GgufFile open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            GgufHeader header = GgufHeader.read(file, channel);
            Arena arena = Arena.ofShared();
            long start = Math.min(header.dataStart(), channel.size());
            MemorySegment data = channel.map(FileChannel.MapMode.READ_ONLY, start, channel.size() - start, arena);
            return new GgufFile(file, header, arena, data);
        }
    }

    public Path path() {
        return path;
    }

    public Map<String, GgufValue> metadata() {
        return header.metadata();
    }

    /** Every tensor by name, in the order of the file. */
    public Map<String, GgufTensor> tensors() {
        return header.tensors();
    }

    public Optional<String> text(String key) {
        return header.metadata().get(key) instanceof GgufValue.Text(String value)
                ? Optional.of(value)
                : Optional.empty();
    }

    public Optional<Long> whole(String key) {
        return header.metadata().get(key) instanceof GgufValue.Whole(long value)
                ? Optional.of(value)
                : Optional.empty();
    }

    public Optional<Boolean> flag(String key) {
        return header.metadata().get(key) instanceof GgufValue.Flag(boolean value)
                ? Optional.of(value)
                : Optional.empty();
    }

    /** Rows {@code [from, to)} of a tensor, in row-major order, dequantised. */
    public float[] rows(String name, long from, long to) {
        GgufTensor tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        Block block = tensor.type().block();
        long rowBytes = tensor.type().bytes(tensor.columns());
        float[] values = new float[Math.toIntExact((to - from) * tensor.columns())];
        // A row at a time, so that the copy out of the mapped file stays small.
        IntStream.range(0, (int) (to - from)).parallel().forEach(row -> {
            byte[] bytes = data.asSlice(tensor.begin() + (from + row) * rowBytes, rowBytes)
                    .toArray(ValueLayout.JAVA_BYTE);
            int first = Math.toIntExact(row * tensor.columns());
            for (int i = 0; i * block.bytes() < bytes.length; i++) {
                block.decode(bytes, i * block.bytes(), values, first + i * block.elements());
            }
        });
        return values;
    }

    @Override
    public void close() {
        arena.close();
    }
}
