package ai.luthier.engine.gguf;

import ai.luthier.engine.checkpoint.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes GGUF files [1], version 3, tensor by tensor and of each a few rows at a time: what is in memory at once does not grow
 * with the model.
 *
 * <pre>  "GGUF" version counts | metadata | name, shape, type and place of every tensor | … padded to 32 … | data </pre>
 *
 * <p>[1] https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
public final class GgufWriter {

    static final int VERSION = 3;
    static final int ALIGNMENT = 32;

    /** Elements that are read, quantised and written together, if a row is not longer. */
    private static final long CHUNK = 1 << 22;

    /** The values of some rows of a tensor, in row-major order as fp32. */
    @FunctionalInterface
    public interface Rows {
        float[] read(String tensor, long from, long to);
    }

    /** A tensor to be written: {@code shape} as Hugging Face orders it. */
    public record Plan(String name, GgmlType type, long[] shape) {

        public Plan {
            shape = shape.clone();
        }
    }

    private GgufWriter() {}

    /** Writes the whole file under a temporary name, forces it to disk and renames it. */
    public static void write(Path file, Map<String, GgufValue> metadata, List<Plan> plans, Rows rows)
            throws IOException {
        List<GgufTensor> tensors = placed(plans);
        byte[] header = header(metadata, tensors);
        AtomicFile.write(file, channel -> {
            AtomicFile.writeAll(channel, ByteBuffer.wrap(header));
            for (GgufTensor tensor : tensors) {
                data(channel, tensor, rows);
                AtomicFile.writeAll(channel, ByteBuffer.wrap(new byte[padding(tensor.bytes())]));
            }
        });
    }

    private static List<GgufTensor> placed(List<Plan> plans) {
        List<GgufTensor> tensors = new ArrayList<>();
        long at = 0;
        for (Plan plan : plans) {
            GgufTensor tensor = new GgufTensor(plan.name(), plan.type(), plan.shape(), at);
            tensors.add(tensor);
            at = tensor.end() + padding(tensor.end());
        }
        return tensors;
    }

    private static int padding(long bytes) {
        return (int) (-bytes & ALIGNMENT - 1);
    }

    private static void data(FileChannel channel, GgufTensor tensor, Rows rows) throws IOException {
        long step = Math.max(1, CHUNK / tensor.columns());
        for (long from = 0; from < tensor.rows(); from += step) {
            long to = Math.min(tensor.rows(), from + step);
            float[] values = rows.read(tensor.name(), from, to);
            AtomicFile.writeAll(channel, ByteBuffer.wrap(encoded(tensor.type(), values)));
        }
    }

    /** The blocks of these values, one after another. */
    static byte[] encoded(GgmlType type, float[] values) {
        Block block = type.block();
        byte[] bytes = new byte[Math.toIntExact(type.bytes(values.length))];
        int blocks = values.length / block.elements();
        // A thread takes many blocks at once: most are encoded in less time than handing one over takes.
        int batch = Math.max(1, 16_384 / block.elements());
        IntStream.range(0, (blocks + batch - 1) / batch).parallel().forEach(part -> {
            for (int i = part * batch; i < Math.min(blocks, (part + 1) * batch); i++) {
                block.encode(values, i * block.elements(), bytes, i * block.bytes());
            }
        });
        return bytes;
    }

    private static byte[] header(Map<String, GgufValue> metadata, List<GgufTensor> tensors) {
        Output out = new Output();
        out.bytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        out.int32(VERSION);
        out.int64(tensors.size());
        out.int64(metadata.size());
        metadata.forEach((key, value) -> {
            out.text(key);
            value(out, value);
        });
        for (GgufTensor tensor : tensors) {
            out.text(tensor.name());
            long[] shape = tensor.shape();
            out.int32(shape.length);
            for (int i = shape.length - 1; i >= 0; i--) {
                out.int64(shape[i]);
            }
            out.int32(tensor.type().code());
            out.int64(tensor.begin());
        }
        out.bytes(new byte[padding(out.size())]);
        return out.toByteArray();
    }

    private static void value(Output out, GgufValue value) {
        switch (value) {
            case GgufValue.Whole whole -> {
                out.int32(MetadataType.UINT32.code());
                out.int32(Math.toIntExact(whole.value()));
            }
            case GgufValue.Real real -> {
                out.int32(MetadataType.FLOAT32.code());
                out.int32(Float.floatToIntBits((float) real.value()));
            }
            case GgufValue.Flag flag -> {
                out.int32(MetadataType.BOOL.code());
                out.bytes(new byte[] {(byte) (flag.value() ? 1 : 0)});
            }
            case GgufValue.Text text -> {
                out.int32(MetadataType.STRING.code());
                out.text(text.value());
            }
            case GgufValue.Texts texts -> {
                list(out, MetadataType.STRING, texts.values().size());
                texts.values().forEach(out::text);
            }
            case GgufValue.Wholes wholes -> {
                list(out, MetadataType.INT32, wholes.values().size());
                wholes.values().forEach(out::int32);
            }
            case GgufValue.Reals reals -> {
                list(out, MetadataType.FLOAT32, reals.values().size());
                reals.values().forEach(number -> out.int32(Float.floatToIntBits(number)));
            }
            case GgufValue.Skipped skipped ->
                throw new IllegalArgumentException("a list that was skipped cannot be written: " + skipped.what());
        }
    }

    private static void list(Output out, MetadataType elements, int size) {
        out.int32(MetadataType.ARRAY.code());
        out.int32(elements.code());
        out.int64(size);
    }

    /** Little-endian numbers and length-prefixed strings. */
    private static final class Output extends ByteArrayOutputStream {

        void bytes(byte[] bytes) {
            writeBytes(bytes);
        }

        void int32(int value) {
            writeBytes(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array());
        }

        void int64(long value) {
            writeBytes(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array());
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            int64(utf8.length);
            writeBytes(utf8);
        }
    }
}
