package ai.luthier.engine.gguf;

/** One weight as a float: fp32, IEEE half precision or bfloat16, each rounded to nearest, halves to even. */
record PlainBlock(Kind kind) implements Block {

    /** The three layouts. */
    enum Kind {
        F32,
        F16,
        BF16
    }

    @Override
    public int elements() {
        return 1;
    }

    @Override
    public int bytes() {
        return kind == Kind.F32 ? Float.BYTES : Short.BYTES;
    }

    @Override
    public void encode(float[] values, int from, byte[] out, int at) {
        float value = values[from];
        switch (kind) {
            case F32 -> Bits.putInt(out, at, Float.floatToRawIntBits(value));
            case F16 -> Bits.putHalf(out, at, value);
            case BF16 -> Bits.putShort(out, at, brain(value));
        }
    }

    @Override
    public void decode(byte[] in, int at, float[] values, int from) {
        values[from] = switch (kind) {
            case F32 -> Float.intBitsToFloat(Bits.getInt(in, at));
            case F16 -> Bits.half(in, at);
            case BF16 -> Float.intBitsToFloat(Bits.getShort(in, at) << 16);
        };
    }

    /** The upper half of the fp32; a NaN stays one. */
    private static short brain(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
