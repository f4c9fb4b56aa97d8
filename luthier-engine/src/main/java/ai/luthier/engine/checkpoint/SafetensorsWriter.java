package ai.luthier.engine.checkpoint;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.json.JsonMapper;

/** Writes safetensors files; equal tensors give equal bytes, whatever the order in which they are handed over. */
public final class SafetensorsWriter {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MAX_CHUNK = 1 << 26;

    private SafetensorsWriter() {}

    /** Writes the tensors, sorted by name, under a temporary name; forces them to disk and renames. */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        try (PointerScope _ = new PointerScope()) {
            Map<String, Tensor> sorted = new TreeMap<>();
            tensors.forEach((name, tensor) -> sorted.put(name, tensor.detach().contiguous()));
            byte[] header = header(sorted, metadata);
            List<MemorySegment> parts = new ArrayList<>();
            sorted.values().forEach(tensor -> parts.add(Tensors.memory(tensor)));
            AtomicFile.write(file, channel -> {
                ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
                AtomicFile.writeAll(channel, length.putLong(header.length).flip());
                AtomicFile.writeAll(channel, ByteBuffer.wrap(header));
                for (MemorySegment part : parts) {
                    for (long at = 0; at < part.byteSize(); at += MAX_CHUNK) {
                        long bytes = Math.min(MAX_CHUNK, part.byteSize() - at);
                        AtomicFile.writeAll(channel, part.asSlice(at, bytes).asByteBuffer());
                    }
                }
            });
        }
    }

    /** The JSON, padded with spaces so that the data begins at a multiple of 8, as the format asks. */
    private static byte[] header(Map<String, Tensor> tensors, Map<String, String> metadata) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            json.put("__metadata__", new TreeMap<>(metadata));
        }
        long at = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            long end = at + tensor.numel() * tensor.element_size();
            Map<String, Object> description = new LinkedHashMap<>();
            description.put("dtype", Dtype.of(tensor).safetensorsName());
            description.put("shape", Tensors.shape(tensor));
            description.put("data_offsets", new long[] {at, end});
            json.put(entry.getKey(), description);
            at = end;
        }
        byte[] compact = JSON.writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(compact, (compact.length + 7) / 8 * 8);
        Arrays.fill(padded, compact.length, padded.length, (byte) ' ');
        return padded;
    }
}
