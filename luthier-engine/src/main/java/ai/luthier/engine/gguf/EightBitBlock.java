package ai.luthier.engine.gguf;

/**
 * Q8_0: 32 weights as {@code w = d · q}, {@code q} in [-127, 127], with {@code d = max|w| / 127} in fp16 before them.
 *
 * <pre>  [d fp16] [q₀ … q₃₁, one byte each]            8.5 bits a weight </pre>
 */
record EightBitBlock() implements Block {

    private static final int ELEMENTS = 32;

    @Override
    public int elements() {
        return ELEMENTS;
    }

    @Override
    public int bytes() {
        return Short.BYTES + ELEMENTS;
    }

    @Override
    public void encode(float[] values, int from, byte[] out, int at) {
        float largest = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            largest = Math.max(largest, Math.abs(values[from + i]));
        }
        float d = largest / 127;
        float inverse = d == 0 ? 0 : 1 / d;
        Bits.putHalf(out, at, d);
        for (int i = 0; i < ELEMENTS; i++) {
            out[at + 2 + i] = (byte) halfAwayFromZero(values[from + i] * inverse);
        }
    }

    /** C's {@code roundf}. */
    private static int halfAwayFromZero(float value) {
        int whole = (int) value;
        float rest = Math.abs(value - whole);
        return rest >= 0.5f ? whole + (value < 0 ? -1 : 1) : whole;
    }

    @Override
    public void decode(byte[] in, int at, float[] values, int from) {
        float d = Bits.half(in, at);
        for (int i = 0; i < ELEMENTS; i++) {
            values[from + i] = d * in[at + 2 + i];
        }
    }
}
