package ai.luthier.engine.gguf;

import java.util.Arrays;

/**
 * Q6_K: 256 weights in sixteen groups of 16, each {@code w = d·s·(q - 32)} with {@code q} in [0, 63]. The scale {@code s} of a group
 * is a signed byte and shares {@code d}, which is fp16.
 *
 * <pre>  [low 4 bits of q, 128 bytes] [high 2 bits of q, 64 bytes] [s of 16 groups] [d fp16]            6.5625 bits a weight </pre>
 *
 * <p>Per group the scale minimises {@code Σ w²·(s·l - w)²}, {@code l = q - 32}: for each of 19 trial scales the {@code l} are rounded,
 * {@code s = Σw³l / Σw²l²} follows, and the trial with the largest {@code (Σw³l)² / Σw²l²} wins. Then the scales are rounded to bytes
 * and every {@code q} is rounded again for the scale it got.
 */
record SixBitSuperBlock() implements Block {

    private static final int ELEMENTS = 256;
    private static final int GROUP = 16;
    private static final int GROUPS = ELEMENTS / GROUP;
    private static final int MIDDLE = 32;
    private static final int HIGH = ELEMENTS / 2;
    private static final int SCALES = HIGH + ELEMENTS / 4;
    private static final int D = SCALES + GROUPS;

    @Override
    public int elements() {
        return ELEMENTS;
    }

    @Override
    public int bytes() {
        return D + Short.BYTES;
    }

    @Override
    public void encode(float[] values, int from, byte[] out, int at) {
        byte[] quants = new byte[ELEMENTS]; // q, not yet packed
        float[] scales = new float[GROUPS];
        float largest = 0;
        for (int group = 0; group < GROUPS; group++) {
            scales[group] = fit(values, from + group * GROUP, quants, group * GROUP);
            if (Math.abs(scales[group]) > Math.abs(largest)) {
                largest = scales[group];
            }
        }
        Arrays.fill(out, at, at + bytes(), (byte) 0);
        if (Math.abs(largest) < Bits.NOTHING) {
            return;
        }
        float inverse = -128f / largest;
        Bits.putHalf(out, at + D, 1 / inverse);
        float d = Bits.half(out, at + D);
        for (int group = 0; group < GROUPS; group++) {
            int scale = Math.min(127, Bits.nearest(inverse * scales[group]));
            out[at + SCALES + group] = (byte) scale;
            round(values, from + group * GROUP, quants, group * GROUP, d * scale);
        }
        pack(quants, out, at);
    }

    private static void round(float[] values, int from, byte[] quants, int to, float scale) {
        if (scale == 0) {
            return;
        }
        for (int i = 0; i < GROUP; i++) {
            int level = Bits.clamp(Bits.nearest(values[from + i] / scale), -MIDDLE, MIDDLE - 1);
            quants[to + i] = (byte) (level + MIDDLE);
        }
    }

    /** The best scale of one group; its quants are left in {@code quants[to, to + 16)}. */
    private static float fit(float[] values, int from, byte[] quants, int to) {
        float signed = 0;
        for (int i = 0; i < GROUP; i++) {
            if (Math.abs(values[from + i]) > Math.abs(signed)) {
                signed = values[from + i];
            }
        }
        if (Math.abs(signed) < Bits.NOTHING) {
            return 0;
        }
        float bestInverse = -MIDDLE / signed;
        float[] sums = sums(values, from, bestInverse);
        float scale = sums[1] == 0 ? 0 : sums[0] / sums[1];
        float best = scale * sums[0];
        for (int trial = -9; trial <= 9; trial++) {
            float inverse = -(MIDDLE + 0.1f * trial) / signed;
            sums = trial == 0 ? new float[2] : sums(values, from, inverse);
            if (sums[1] > 0 && sums[0] * sums[0] > best * sums[1]) {
                scale = sums[0] / sums[1];
                best = scale * sums[0];
                bestInverse = inverse;
            }
        }
        for (int i = 0; i < GROUP; i++) {
            quants[to + i] = (byte) (level(values[from + i], bestInverse) + MIDDLE);
        }
        return scale;
    }

    /** {@code Σw³l} and {@code Σw²l²}. */
    private static float[] sums(float[] values, int from, float inverse) {
        float cross = 0;
        float squares = 0;
        for (int i = 0; i < GROUP; i++) {
            float value = values[from + i];
            int level = level(value, inverse);
            float weight = value * value;
            cross += weight * value * level;
            squares += weight * level * level;
        }
        return new float[] {cross, squares};
    }

    private static int level(float value, float inverse) {
        return Bits.clamp(Bits.nearest(inverse * value), -MIDDLE, MIDDLE - 1);
    }

    /** Four quants that lie 32 apart share the upper bits' byte; two of them that lie 64 apart share one of the lower bits'. */
    private static void pack(byte[] quants, byte[] out, int at) {
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 32; i++) {
                int q1 = quants[half * 128 + i];
                int q2 = quants[half * 128 + i + 32];
                int q3 = quants[half * 128 + i + 64];
                int q4 = quants[half * 128 + i + 96];
                out[at + half * 64 + i] = (byte) ((q1 & 0xf) | (q3 & 0xf) << 4);
                out[at + half * 64 + i + 32] = (byte) ((q2 & 0xf) | (q4 & 0xf) << 4);
                out[at + HIGH + half * 32 + i] = (byte) (q1 >> 4 | q2 >> 4 << 2 | q3 >> 4 << 4 | q4 >> 4 << 6);
            }
        }
    }

    @Override
    public void decode(byte[] in, int at, float[] values, int from) {
        float d = Bits.half(in, at + D);
        for (int i = 0; i < ELEMENTS; i++) {
            int half = i / 128;
            int quarter = i % 128 / 32;
            int lane = i % 32;
            int low = in[at + half * 64 + quarter % 2 * 32 + lane] >> (quarter / 2 * 4) & 0xf;
            int high = in[at + HIGH + half * 32 + lane] >> (quarter * 2) & 3;
            values[from + i] = d * in[at + SCALES + i / GROUP] * ((low | high << 4) - MIDDLE);
        }
    }
}
