package ai.luthier.engine.checkpoint;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The header of a safetensors file [1]: eight bytes of length (little-endian), that many bytes of JSON, then the data.
 *
 * <p>Everything is checked against the size of the file before anything of that size is allocated: the tensors must cover the
 * data part exactly, without holes and overlaps, and each must be as long as its shape and type say.
 *
 * <p>[1] https://github.com/huggingface/safetensors, section "Format".
 *
 * @param entries by name, in the order of the header
 * @param metadata the strings under {@code __metadata__}
 * @param dataStart first byte of the data part in the file
 */
record SafetensorsHeader(Map<String, SafetensorsEntry> entries, Map<String, String> metadata, long dataStart) {

    /** The format's own limit. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        ByteBuffer prefix = ByteBuffer.wrap(bytes(channel, 0, (int) Math.min(size, 9)));
        refusePickle(file, prefix);
        if (size < 8) {
            throw refuse(file, "has " + size + " bytes; a safetensors file begins with an 8-byte length.");
        }
        long length = prefix.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        if (length < 2 || length > MAX_HEADER_BYTES || length > size - 8) {
            throw refuse(
                    file,
                    "says that its header has " + Long.toUnsignedString(length) + " bytes, but the file has " + size
                            + ". It is truncated or not a safetensors file.");
        }
        JsonNode json = parse(file, bytes(channel, 8, (int) length));
        return check(file, json, 8 + length, size - 8 - length);
    }

    private static byte[] bytes(FileChannel channel, long position, int count) throws IOException {
        byte[] bytes = new byte[count];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
            // Reads until full or at the end.
        }
        return bytes;
    }

    /** A length can begin with the same bytes as a pickle; then the brace of the JSON follows it. */
    private static void refusePickle(Path file, ByteBuffer prefix) {
        if (prefix.remaining() > 8 && prefix.get(8) == '{') {
            return;
        }
        int first = prefix.remaining() > 0 ? prefix.get(0) & 0xff : 0;
        int second = prefix.remaining() > 1 ? prefix.get(1) & 0xff : 0;
        boolean archive = first == 'P' && second == 'K';
        if (archive || (first == 0x80 && second <= 5)) { // then comes the pickle's version
            throw refuse(
                    file,
                    (archive
                                    ? "is a zip archive, as torch.save() makes it around a Python pickle"
                                    : "is a Python pickle")
                            + ", which can run code when it is read. Convert it to safetensors first:"
                            + " transformers' save_pretrained(..., safe_serialization=True) does.");
        }
    }

    private static JsonNode parse(Path file, byte[] header) {
        JsonNode json;
        try {
            json = JSON.readTree(header);
        } catch (JacksonException e) {
            throw NotJson.refuse(file, "the header is", e);
        }
        if (!json.isObject()) {
            throw refuse(file, "has a header that is not a JSON object.");
        }
        return json;
    }

    private static SafetensorsHeader check(Path file, JsonNode json, long dataStart, long dataBytes) {
        Map<String, SafetensorsEntry> entries = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : json.properties()) {
            if (property.getKey().equals("__metadata__")) {
                property.getValue()
                        .properties()
                        .forEach(p -> metadata.put(p.getKey(), p.getValue().asString("")));
            } else {
                entries.put(property.getKey(), entry(file, property.getKey(), property.getValue(), dataBytes));
            }
        }
        List<SafetensorsEntry> inOrder = new ArrayList<>(entries.values());
        inOrder.sort(Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end));
        long covered = 0;
        for (SafetensorsEntry entry : inOrder) {
            if (entry.begin() != covered) {
                throw refuse(
                        file,
                        "tensor " + entry.name() + " begins at byte " + entry.begin() + " of the data, expected "
                                + covered + ": tensors must neither overlap nor leave holes.");
            }
            covered = entry.end();
        }
        if (covered != dataBytes) {
            throw refuse(
                    file, "has " + dataBytes + " bytes of data, but its tensors cover " + covered + ". It is damaged.");
        }
        return new SafetensorsHeader(entries, metadata, dataStart);
    }

    private static SafetensorsEntry entry(Path file, String name, JsonNode json, long dataBytes) {
        String type = json.path("dtype").asString("");
        Integer bits = SafetensorsEntry.BITS.get(type);
        if (bits == null) {
            throw refuse(file, "tensor " + name + " has the type '" + type + "', which safetensors does not have.");
        }
        long[] shape = longs(file, name, "shape", json.path("shape"));
        long[] offsets = longs(file, name, "data_offsets", json.path("data_offsets"));
        if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes) {
            throw refuse(
                    file,
                    "tensor " + name + " has the data_offsets " + Arrays.toString(offsets) + ", but the file has "
                            + dataBytes + " bytes of data. It is truncated or damaged.");
        }
        long expected = byteCount(file, name, shape, bits / 8);
        if (offsets[1] - offsets[0] != expected) {
            throw refuse(
                    file,
                    "tensor " + name + " of shape " + Arrays.toString(shape) + " in " + type + " needs " + expected
                            + " bytes, its data_offsets give it " + (offsets[1] - offsets[0]) + ".");
        }
        return new SafetensorsEntry(name, type, shape, offsets[0], offsets[1]);
    }

    private static long byteCount(Path file, String name, long[] shape, int size) {
        try {
            long bytes = size;
            for (long dimension : shape) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
            return bytes;
        } catch (ArithmeticException e) {
            throw new UserError(
                    ErrorCode.INVALID_MODEL,
                    null,
                    file + ": tensor " + name + " has the impossible shape " + Arrays.toString(shape) + ".",
                    e);
        }
    }

    private static long[] longs(Path file, String name, String key, JsonNode json) {
        if (!json.isArray() || json.size() > 8) {
            throw refuse(file, "tensor " + name + " has no usable '" + key + "' in the header.");
        }
        long[] values = new long[json.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode value = json.get(i);
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
                throw refuse(file, "tensor " + name + " has '" + key + "' " + json + " in the header.");
            }
            values[i] = value.longValue();
        }
        return values;
    }

    private static UserError refuse(Path file, String what) {
        return new UserError(ErrorCode.INVALID_MODEL, null, file + ": " + what);
    }
}
