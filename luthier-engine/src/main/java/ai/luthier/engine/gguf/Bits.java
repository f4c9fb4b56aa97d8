package ai.luthier.engine.gguf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian numbers in byte arrays, and the rounding of ggml. */
final class Bits {

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Below this a group of weights counts as all zero. */
    static final float NOTHING = 1e-15f;

    private Bits() {}

    static void putShort(byte[] bytes, int at, short value) {
        SHORTS.set(bytes, at, value);
    }

    static short getShort(byte[] bytes, int at) {
        return (short) SHORTS.get(bytes, at);
    }

    static void putInt(byte[] bytes, int at, int value) {
        INTS.set(bytes, at, value);
    }

    static int getInt(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at);
    }

    /** The fp16 at this place, as fp32. */
    static float half(byte[] bytes, int at) {
        return Float.float16ToFloat(getShort(bytes, at));
    }

    static void putHalf(byte[] bytes, int at, float value) {
        putShort(bytes, at, Float.floatToFloat16(value));
    }

    /** The nearest whole number, halves to even, for {@code |value| ≤ 2²²}: adding 1.5·2²³ leaves no room for a fraction. */
    static int nearest(float value) {
        float shifted = value + 12_582_912f;
        return (Float.floatToRawIntBits(shifted) & 0x007f_ffff) - 0x0040_0000;
    }

    static int clamp(int value, int low, int high) {
        return Math.max(low, Math.min(high, value));
    }
}
