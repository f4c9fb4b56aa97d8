package ai.luthier.engine.gguf;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What stands before the data of a GGUF file. Every count, length, shape and place is checked against the size of the file before
 * anything of that size is allocated; tensors must lie inside the data, aligned, and must not overlap.
 *
 * @param dataStart first byte of the data part
 */
record GgufHeader(Map<String, GgufValue> metadata, Map<String, GgufTensor> tensors, long dataStart) {

    private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
    private static final int MAX_TENSORS = 1 << 20;
    private static final int MAX_KEYS = 1 << 16;
    private static final int MAX_LIST = 1 << 24;
    private static final int MAX_DIMENSIONS = 4;

    /** A tensor as the file describes it, its type perhaps unknown here. */
    private record Described(String name, int type, long[] shape, long begin) {}

    static GgufHeader read(Path file, FileChannel channel) throws IOException {
        HeaderInput in = new HeaderInput(file, channel);
        if (in.size() < 24 || in.int32("the magic number") != MAGIC) {
            throw refuse(file, "is not a GGUF file: it does not begin with 'GGUF'.");
        }
        int version = in.int32("the version");
        if (version != 2 && version != 3) {
            throw refuse(
                    file,
                    "has the GGUF version " + Integer.toUnsignedString(version)
                            + (Integer.reverseBytes(version) <= 3 && version != 1 ? " (big-endian)" : "")
                            + "; little-endian files of version 2 or 3 can be read.");
        }
        long tensorCount = in.count("tensors", MAX_TENSORS, 8 + 4 + 8 + 4 + 8);
        long keyCount = in.count("keys", MAX_KEYS, 8 + 4 + 1);
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        for (long i = 0; i < keyCount; i++) {
            String key = in.text("key " + i);
            if (metadata.put(key, value(in, key)) != null) {
                throw refuse(file, "has the key '" + key + "' twice.");
            }
        }
        List<Described> described = new ArrayList<>();
        for (long i = 0; i < tensorCount; i++) {
            described.add(described(in, i));
        }
        long alignment = alignment(file, metadata);
        long dataStart = (in.position() + alignment - 1) / alignment * alignment;
        return new GgufHeader(
                metadata, tensors(file, described, alignment, Math.max(0, in.size() - dataStart)), dataStart);
    }

    private static GgufValue value(HeaderInput in, String key) throws IOException {
        MetadataType type = in.type(key);
        return type == MetadataType.ARRAY ? list(in, key) : single(in, type, key);
    }

    private static GgufValue single(HeaderInput in, MetadataType type, String key) throws IOException {
        return switch (type) {
            case UINT8 -> new GgufValue.Whole(in.int8(key) & 0xff);
            case INT8 -> new GgufValue.Whole(in.int8(key));
            case UINT16 -> new GgufValue.Whole(in.int16(key) & 0xffff);
            case INT16 -> new GgufValue.Whole(in.int16(key));
            case UINT32 -> new GgufValue.Whole(Integer.toUnsignedLong(in.int32(key)));
            case INT32 -> new GgufValue.Whole(in.int32(key));
            case UINT64, INT64 -> new GgufValue.Whole(in.int64(key));
            case FLOAT32 -> new GgufValue.Real(Float.intBitsToFloat(in.int32(key)));
            case FLOAT64 -> new GgufValue.Real(Double.longBitsToDouble(in.int64(key)));
            case BOOL -> new GgufValue.Flag(in.int8(key) != 0);
            case STRING -> new GgufValue.Text(in.text("'" + key + "'"));
            case ARRAY -> throw in.refuse("has a list of lists under '" + key + "', which nothing here reads.");
        };
    }

    private static GgufValue list(HeaderInput in, String key) throws IOException {
        MetadataType type = in.type(key);
        long count = in.count("elements of '" + key + "'", MAX_LIST, type.leastBytes());
        List<GgufValue> values = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            values.add(single(in, type, key));
        }
        return switch (type) {
            case STRING ->
                new GgufValue.Texts(values.stream()
                        .map(value -> ((GgufValue.Text) value).value())
                        .toList());
            case FLOAT32, FLOAT64 ->
                new GgufValue.Reals(values.stream()
                        .map(value -> (float) ((GgufValue.Real) value).value())
                        .toList());
            case UINT8, INT8, UINT16, INT16, UINT32, INT32 ->
                new GgufValue.Wholes(values.stream()
                        .map(value -> (int) ((GgufValue.Whole) value).value())
                        .toList());
            case BOOL, UINT64, INT64, ARRAY -> new GgufValue.Skipped(count + " × " + type);
        };
    }

    private static Described described(HeaderInput in, long number) throws IOException {
        String name = in.text("the name of tensor " + number);
        int dimensions = in.int32("the dimensions of " + name);
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw in.refuse("tensor " + name + " says that it has " + Integer.toUnsignedString(dimensions)
                    + " dimensions; 1 to " + MAX_DIMENSIONS + " are possible.");
        }
        long[] shape = new long[dimensions];
        for (int i = dimensions - 1; i >= 0; i--) {
            shape[i] = in.int64("the shape of " + name);
        }
        return new Described(name, in.int32("the type of " + name), shape, in.int64("the place of " + name));
    }

    private static long alignment(Path file, Map<String, GgufValue> metadata) {
        GgufValue value = metadata.get("general.alignment");
        if (value == null) {
            return GgufWriter.ALIGNMENT;
        }
        if (value instanceof GgufValue.Whole(long bytes)
                && bytes >= 8
                && bytes <= 1 << 20
                && Long.bitCount(bytes) == 1) {
            return bytes;
        }
        throw refuse(file, "has the general.alignment " + value + ", which is not a power of two from 8 on.");
    }

    private static Map<String, GgufTensor> tensors(Path file, List<Described> all, long alignment, long dataBytes) {
        refuseUnknownTypes(file, all);
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        for (Described one : all) {
            if (tensors.put(one.name(), checked(file, one, alignment, dataBytes)) != null) {
                throw refuse(file, "has the tensor " + one.name() + " twice.");
            }
        }
        List<GgufTensor> inOrder = new ArrayList<>(tensors.values());
        inOrder.sort(Comparator.comparingLong(GgufTensor::begin));
        for (int i = 1; i < inOrder.size(); i++) {
            GgufTensor before = inOrder.get(i - 1);
            if (inOrder.get(i).begin() < before.end()) {
                throw refuse(
                        file,
                        "tensor " + inOrder.get(i).name() + " begins at byte "
                                + inOrder.get(i).begin() + " of the data, inside " + before.name() + ", which ends at "
                                + before.end() + ".");
            }
        }
        return tensors;
    }

    /** One sentence for the whole file: such a file has hundreds of tensors of the same type. */
    private static void refuseUnknownTypes(Path file, List<Described> all) {
        Map<String, String> examples = new TreeMap<>();
        for (Described one : all) {
            if (GgmlType.of(one.type()).isEmpty()) {
                examples.putIfAbsent(GgmlType.name(one.type()), one.name());
            }
        }
        if (!examples.isEmpty()) {
            throw refuse(
                    file,
                    "holds tensors of types that cannot be read (with an example of each): " + examples
                            + ". F32, F16, BF16, Q8_0 and Q4_0 files can be imported; make one with"
                            + " `llama-quantize --allow-requantize FILE OUT Q8_0`, or take the original weights.");
        }
    }

    private static GgufTensor checked(Path file, Described one, long alignment, long dataBytes) {
        GgmlType type = GgmlType.of(one.type()).orElseThrow();
        long elements = 1;
        for (long size : one.shape()) {
            if (size < 1 || size > Long.MAX_VALUE / Float.BYTES / elements) {
                throw refuse(
                        file,
                        "tensor " + one.name() + " has the impossible shape " + Arrays.toString(one.shape()) + ".");
            }
            elements *= size;
        }
        long columns = one.shape()[one.shape().length - 1];
        if (columns % type.blockElements() != 0) {
            throw refuse(
                    file,
                    "tensor " + one.name() + " has rows of " + columns + " elements, but " + type + " stores "
                            + type.blockElements() + " together.");
        }
        long bytes = type.bytes(elements);
        if (one.begin() < 0 || one.begin() % alignment != 0 || one.begin() > dataBytes - bytes) {
            throw refuse(
                    file,
                    "tensor " + one.name() + " says that it lies at byte " + Long.toUnsignedString(one.begin())
                            + " and has " + bytes + " bytes, but the file has " + dataBytes
                            + " bytes of data, aligned to " + alignment + ". It is truncated or damaged.");
        }
        return new GgufTensor(one.name(), type, one.shape(), one.begin());
    }

    static UserError refuse(Path file, String what) {
        return new UserError(ErrorCode.INVALID_MODEL, null, file + ": " + what);
    }
}
