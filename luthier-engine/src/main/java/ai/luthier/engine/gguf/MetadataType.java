package ai.luthier.engine.gguf;

import java.util.Arrays;
import java.util.Optional;

/** The types of values in a GGUF file's metadata, with their numbers. */
enum MetadataType {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    STRING(8, 8),
    ARRAY(9, 12),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    private final int code;
    private final int leastBytes;

    MetadataType(int code, int leastBytes) {
        this.code = code;
        this.leastBytes = leastBytes;
    }

    /** Bytes that the shortest value of this type takes. */
    int leastBytes() {
        return leastBytes;
    }

    int code() {
        return code;
    }

    static Optional<MetadataType> of(int code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }
}
