package ai.luthier.text.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A 64-bit hash of the bytes of a row, good enough that among ten million different rows two share one with a chance of
 * 3 in a million. Eight bytes at a time are folded in by a 64 by 64 to 128 bit multiplication, as wyhash does.
 */
final class RowHash {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FIRST = 0x9E3779B97F4A7C15L;
    private static final long SECOND = 0xD6E8FEB86659FD93L;

    private RowHash() {}

    /** The hash of {@code [from, to)} without the white space around it. */
    static long of(byte[] bytes, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && isSpace(bytes[start])) {
            start++;
        }
        while (end > start && isSpace(bytes[end - 1])) {
            end--;
        }
        long hash = fold((end - start) ^ FIRST, SECOND);
        int i = start;
        for (; i + 8 <= end; i += 8) {
            hash = fold(hash ^ (long) LONGS.get(bytes, i), FIRST);
        }
        long tail = 0;
        for (int shift = 0; i < end; i++, shift += 8) {
            tail |= (bytes[i] & 0xFFL) << shift;
        }
        return fold(hash ^ tail, SECOND);
    }

    private static long fold(long a, long b) {
        return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }
}
