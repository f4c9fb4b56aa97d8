package ai.luthier.engine.gguf;

import java.util.Optional;

/**
 * The element types of tensors in a GGUF file that are read and written here; a quantised row is a sequence of blocks, each with
 * scales of its own.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
public enum GgmlType {
    F32(0),
    F16(1),
    Q4_0(2),
    Q5_0(6),
    Q8_0(8),
    Q4_K(12),
    Q6_K(14),
    BF16(30);

    /** Names of the types by their number, for messages; gaps were types of old files. */
    private static final String[] NAMES = {
        "F32", "F16", "Q4_0", "Q4_1", "4", "5", "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
        "Q8_K", "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS", "I8", "I16", "I32",
        "I64", "F64", "IQ1_M", "BF16", "31", "32", "33", "TQ1_0", "TQ2_0", "36", "37", "38", "MXFP4", "NVFP4"
    };

    private final int code;

    GgmlType(int code) {
        this.code = code;
    }

    /** The number that stands for the type in a file. */
    public int code() {
        return code;
    }

    /** Consecutive elements of a row that are stored together. */
    public int blockElements() {
        return block().elements();
    }

    /** Whether weights lose more than the rounding of a 16-bit float. */
    public boolean quantised() {
        return block().elements() > 1;
    }

    /** Bytes of {@code elements} elements, a whole number of blocks. */
    public long bytes(long elements) {
        return Math.multiplyExact(elements / block().elements(), (long) block().bytes());
    }

    Block block() {
        return switch (this) {
            case F32 -> new PlainBlock(PlainBlock.Kind.F32);
            case F16 -> new PlainBlock(PlainBlock.Kind.F16);
            case BF16 -> new PlainBlock(PlainBlock.Kind.BF16);
            case Q4_0 -> new SymmetricBlock(4);
            case Q5_0 -> new SymmetricBlock(5);
            case Q8_0 -> new EightBitBlock();
            case Q4_K -> new FourBitSuperBlock();
            case Q6_K -> new SixBitSuperBlock();
        };
    }

    static Optional<GgmlType> of(int code) {
        for (GgmlType type : values()) {
            if (type.code == code) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** What llama.cpp calls the type of this number. */
    static String name(int code) {
        return code >= 0 && code < NAMES.length ? NAMES[code] : Integer.toUnsignedString(code);
    }
}
