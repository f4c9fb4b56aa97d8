package ai.luthier.engine.gguf;

import java.util.Optional;

/** The types of values in a GGUF file's metadata, in the order of their numbers. */
enum MetadataType {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    STRING(8),
    ARRAY(12),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    private final int leastBytes;

    MetadataType(int leastBytes) {
        this.leastBytes = leastBytes;
    }

    /** Bytes that the shortest value of this type takes. */
    int leastBytes() {
        return leastBytes;
    }

    int code() {
        return ordinal();
    }

    static Optional<MetadataType> of(int code) {
        return code >= 0 && code < values().length ? Optional.of(values()[code]) : Optional.empty();
    }
}
