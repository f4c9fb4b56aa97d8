package ai.luthier.engine.gguf;

/**
 * Q4_0 and Q5_0: 32 weights as {@code w = d · (q - h)}, {@code q} in [0, 2h), {@code h = 2^(bits-1)}. The weight of largest
 * magnitude keeps its sign and becomes exactly {@code -h·d}, so {@code d} is negative where that weight is positive.
 *
 * <pre>
 *   Q4_0: [d fp16]                          [q₀|q₁₆ … q₁₅|q₃₁, low and high half of a byte]    4.5 bits a weight
 *   Q5_0: [d fp16] [fifth bits, 4 bytes]    [the same with the low four bits]                  5.5 bits a weight
 * </pre>
 *
 * @param bits 4 or 5
 */
record SymmetricBlock(int bits) implements Block {

    private static final int ELEMENTS = 32;
    private static final int HALF = ELEMENTS / 2;

    @Override
    public int elements() {
        return ELEMENTS;
    }

    @Override
    public int bytes() {
        return quants() + HALF;
    }

    /** Where the low four bits begin. */
    private int quants() {
        return bits == 5 ? Short.BYTES + Integer.BYTES : Short.BYTES;
    }

    @Override
    public void encode(float[] values, int from, byte[] out, int at) {
        float largest = 0;
        float signed = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            float value = values[from + i];
            if (largest < Math.abs(value)) {
                largest = Math.abs(value);
                signed = value;
            }
        }
        int middle = 1 << (bits - 1);
        float d = signed / -middle;
        float inverse = d == 0 ? 0 : 1 / d;
        Bits.putHalf(out, at, d);
        int high = 0;
        for (int i = 0; i < HALF; i++) {
            int first = quant(values[from + i] * inverse, middle);
            int second = quant(values[from + HALF + i] * inverse, middle);
            out[at + quants() + i] = (byte) ((first & 0xf) | (second & 0xf) << 4);
            high |= (first >> 4 & 1) << i | (second >> 4 & 1) << (i + HALF);
        }
        if (bits == 5) {
            Bits.putInt(out, at + Short.BYTES, high);
        }
    }

    private static int quant(float scaled, int middle) {
        return Math.min(2 * middle - 1, (int) (scaled + middle + 0.5f));
    }

    @Override
    public void decode(byte[] in, int at, float[] values, int from) {
        float d = Bits.half(in, at);
        int middle = 1 << (bits - 1);
        int high = bits == 5 ? Bits.getInt(in, at + Short.BYTES) : 0;
        for (int i = 0; i < HALF; i++) {
            int pair = in[at + quants() + i];
            int first = (pair & 0xf) | (high >>> i & 1) << 4;
            int second = (pair >> 4 & 0xf) | (high >>> (i + HALF) & 1) << 4;
            values[from + i] = d * (first - middle);
            values[from + HALF + i] = d * (second - middle);
        }
    }
}
