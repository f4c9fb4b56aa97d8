package ai.luthier.engine.checkpoint;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.json.JsonMapper;

/** Writes safetensors files; equal tensors give equal bytes, whatever the order in which they are handed over. */
public final class SafetensorsWriter {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MAX_CHUNK = 1 << 26;

    private SafetensorsWriter() {}

    /**
     * A tensor to be written.
     *
     * @param shape {@code [d0, d1, …]}
     */
    public record Entry(String name, Dtype dtype, long[] shape) {

        public Entry {
            shape = shape.clone();
        }

        static Entry of(String name, Tensor tensor) {
            return new Entry(name, Dtype.of(tensor), Tensors.shape(tensor));
        }

        /** Length in the file. */
        public long bytes() {
            return LongStream.of(shape).reduce(dtype.bytes(), Math::multiplyExact);
        }
    }

    /** Writes the tensors, sorted by name, under a temporary name; forces them to disk and renames. */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        List<Entry> entries = new ArrayList<>();
        tensors.forEach((name, tensor) -> entries.add(Entry.of(name, tensor)));
        write(file, entries, metadata, name -> Objects.requireNonNull(tensors.get(name)));
    }

    /**
     * The same for tensors that are made one after the other: each is asked for once, in the order of the names, and released when
     * it is written.
     *
     * @param source of a tensor by its name, in the type and shape of its entry
     */
    public static void write(
            Path file, List<Entry> entries, Map<String, String> metadata, Function<String, Tensor> source)
            throws IOException {
        List<Entry> sorted =
                entries.stream().sorted(Comparator.comparing(Entry::name)).toList();
        byte[] header = header(sorted, metadata);
        AtomicFile.write(file, channel -> {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            AtomicFile.writeAll(channel, length.putLong(header.length).flip());
            AtomicFile.writeAll(channel, ByteBuffer.wrap(header));
            for (Entry entry : sorted) {
                try (PointerScope _ = new PointerScope()) {
                    write(
                            channel,
                            entry,
                            Tensors.onHost(source.apply(entry.name()).detach()).contiguous());
                }
            }
        });
    }

    private static void write(FileChannel channel, Entry entry, Tensor tensor) throws IOException {
        MemorySegment bytes = Tensors.memory(tensor);
        if (bytes.byteSize() != entry.bytes() || Dtype.of(tensor) != entry.dtype()) {
            throw new IllegalArgumentException(entry.name() + " is not what its entry says");
        }
        for (long at = 0; at < bytes.byteSize(); at += MAX_CHUNK) {
            long size = Math.min(MAX_CHUNK, bytes.byteSize() - at);
            AtomicFile.writeAll(channel, bytes.asSlice(at, size).asByteBuffer());
        }
    }

    /** The JSON, padded with spaces so that the data begins at a multiple of 8, as the format asks. */
    private static byte[] header(List<Entry> entries, Map<String, String> metadata) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            json.put("__metadata__", new TreeMap<>(metadata));
        }
        long at = 0;
        for (Entry entry : entries) {
            long end = at + entry.bytes();
            Map<String, Object> description = new LinkedHashMap<>();
            description.put("dtype", entry.dtype().safetensorsName());
            description.put("shape", entry.shape());
            description.put("data_offsets", new long[] {at, end});
            json.put(entry.name(), description);
            at = end;
        }
        byte[] compact = JSON.writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(compact, (compact.length + 7) / 8 * 8);
        Arrays.fill(padded, compact.length, padded.length, (byte) ' ');
        return padded;
    }
}
