package ai.luthier.engine.checkpoint;

import ai.luthier.engine.tensor.Dtype;
import java.util.Map;
import java.util.Optional;

/**
 * One tensor of a safetensors file.
 *
 * @param name as in the header
 * @param type of its elements, as in the header; one of {@link #BITS}
 * @param shape sizes, none negative; empty for a single number
 * @param begin first byte within the data part of the file
 * @param end one past its last byte; {@code end - begin} is what shape and type require
 */
record SafetensorsEntry(String name, String type, long[] shape, long begin, long end) {

    /** The format's types and the bits of one element. Masks and counters in old files are integers or truth values. */
    static final Map<String, Integer> BITS = Map.ofEntries(
            Map.entry("F64", 64),
            Map.entry("F32", 32),
            Map.entry("F16", 16),
            Map.entry("BF16", 16),
            Map.entry("F8_E4M3", 8),
            Map.entry("F8_E5M2", 8),
            Map.entry("I64", 64),
            Map.entry("I32", 32),
            Map.entry("I16", 16),
            Map.entry("I8", 8),
            Map.entry("U64", 64),
            Map.entry("U32", 32),
            Map.entry("U16", 16),
            Map.entry("U8", 8),
            Map.entry("BOOL", 8));

    /** The type, where it is one that weights can have. */
    Optional<Dtype> dtype() {
        return Dtype.ofSafetensors(type);
    }
}
