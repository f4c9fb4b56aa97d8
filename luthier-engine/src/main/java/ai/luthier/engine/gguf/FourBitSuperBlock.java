package ai.luthier.engine.gguf;

import java.util.Arrays;

/**
 * Q4_K: 256 weights in eight groups of 32, each {@code w = d·s·q - m·t} with {@code q} in [0, 15]. Scale {@code s} and offset
 * {@code t} of a group have six bits and share {@code d} and {@code m}, which are fp16.
 *
 * <pre>  [d fp16] [m fp16] [s and t of 8 groups, 12 bytes] [q, 128 bytes]            4.5 bits a weight </pre>
 *
 * <p>Per group, scale and offset minimise {@code Σ v·(s·q + min - w)²} with the weighting {@code v = √(mean w²) + |w|}: for each of 21
 * trial scales the {@code q} are rounded, then the two coefficients follow by least squares, and the best trial wins. Then the
 * scales are themselves rounded to six bits and every {@code q} is rounded again for the scale it got.
 *
 * <pre>
 *   s = (Σv · Σvqw - Σvw · Σvq) / D      min = (Σvq² · Σvw - Σvq · Σvqw) / D      D = Σv · Σvq² - (Σvq)²
 * </pre>
 */
record FourBitSuperBlock() implements Block {

    private static final int ELEMENTS = 256;
    private static final int GROUPS = 8;
    private static final int GROUP = ELEMENTS / GROUPS;
    private static final int LARGEST = 15;
    private static final int TRIALS = 21;
    private static final int SCALES = 2 * Short.BYTES;
    private static final int QUANTS = SCALES + 12;

    /** {@code w ≈ scale·q - offset} for the weights of one group. */
    private record Fit(float scale, float offset) {}

    @Override
    public int elements() {
        return ELEMENTS;
    }

    @Override
    public int bytes() {
        return QUANTS + ELEMENTS / 2;
    }

    @Override
    public void encode(float[] values, int from, byte[] out, int at) {
        Fit[] fits = new Fit[GROUPS];
        byte[] quants = new byte[ELEMENTS];
        float largestScale = 0;
        float largestOffset = 0;
        for (int group = 0; group < GROUPS; group++) {
            fits[group] = fit(values, from + group * GROUP, quants, group * GROUP);
            largestScale = Math.max(largestScale, fits[group].scale());
            largestOffset = Math.max(largestOffset, fits[group].offset());
        }
        float inverseScale = largestScale > 0 ? 63f / largestScale : 0;
        float inverseOffset = largestOffset > 0 ? 63f / largestOffset : 0;
        Bits.putHalf(out, at, largestScale / 63f);
        Bits.putHalf(out, at + Short.BYTES, largestOffset / 63f);
        Arrays.fill(out, at + SCALES, at + QUANTS, (byte) 0);
        float d = Bits.half(out, at);
        float m = Bits.half(out, at + Short.BYTES);
        for (int group = 0; group < GROUPS; group++) {
            int scale = Math.min(63, Bits.nearest(inverseScale * fits[group].scale()));
            int offset = Math.min(63, Bits.nearest(inverseOffset * fits[group].offset()));
            putScale(out, at + SCALES, group, scale, offset);
            round(values, from + group * GROUP, quants, group * GROUP, d * scale, m * offset);
        }
        for (int pair = 0; pair < GROUPS; pair += 2) {
            for (int i = 0; i < GROUP; i++) {
                int low = quants[pair * GROUP + i];
                int high = quants[(pair + 1) * GROUP + i];
                out[at + QUANTS + pair * GROUP / 2 + i] = (byte) (low | high << 4);
            }
        }
    }

    /** The quants of one group for the scale that the file will hold. */
    private static void round(float[] values, int from, byte[] quants, int to, float scale, float offset) {
        if (scale == 0) {
            return;
        }
        for (int i = 0; i < GROUP; i++) {
            quants[to + i] = (byte) Bits.clamp(Bits.nearest((values[from + i] + offset) / scale), 0, LARGEST);
        }
    }

    /** The best scale and offset of one group; its quants are left in {@code quants[to, to + 32)}. */
    private static Fit fit(float[] values, int from, byte[] quants, int to) {
        float[] weights = weights(values, from);
        float min = values[from];
        float max = values[from];
        float sumV = 0;
        float sumVW = 0;
        for (int i = 0; i < GROUP; i++) {
            float value = values[from + i];
            min = Math.min(min, value);
            max = Math.max(max, value);
            sumV += weights[i];
            sumVW += weights[i] * value;
        }
        min = Math.min(min, 0);
        if (max == min) {
            Arrays.fill(quants, to, to + GROUP, (byte) 0);
            return new Fit(0, -min);
        }
        float scale = 1 / (LARGEST / (max - min));
        float lowest = min;
        float[] tried = new float[GROUP];
        quantise(values, from, min, LARGEST / (max - min), tried);
        keep(tried, quants, to);
        float best = error(values, from, weights, tried, scale, min);
        for (int trial = 0; trial < TRIALS; trial++) {
            // Counted from the best offset so far, as the reference does.
            quantise(values, from, lowest, (-1f + 0.1f * trial + LARGEST) / (max - lowest), tried);
            float sumQ = 0;
            float sumQQ = 0;
            float sumQW = 0;
            for (int i = 0; i < GROUP; i++) {
                float weighted = weights[i] * tried[i];
                sumQ += weighted;
                sumQQ += weighted * tried[i];
                sumQW += weighted * values[from + i];
            }
            float determinant = sumV * sumQQ - sumQ * sumQ;
            if (determinant > 0) {
                float triedScale = (sumV * sumQW - sumVW * sumQ) / determinant;
                float triedMin = (sumQQ * sumVW - sumQ * sumQW) / determinant;
                if (triedMin > 0) {
                    triedMin = 0;
                    triedScale = sumQW / sumQQ;
                }
                float error = error(values, from, weights, tried, triedScale, triedMin);
                if (error < best) {
                    best = error;
                    scale = triedScale;
                    lowest = triedMin;
                    keep(tried, quants, to);
                }
            }
        }
        return new Fit(scale, -lowest);
    }

    private static float[] weights(float[] values, int from) {
        float squares = 0;
        for (int i = 0; i < GROUP; i++) {
            squares += values[from + i] * values[from + i];
        }
        float mean = (float) Math.sqrt(squares / GROUP);
        float[] weights = new float[GROUP];
        for (int i = 0; i < GROUP; i++) {
            weights[i] = mean + Math.abs(values[from + i]);
        }
        return weights;
    }

    private static void quantise(float[] values, int from, float min, float inverse, float[] quants) {
        for (int i = 0; i < GROUP; i++) {
            quants[i] = Bits.clamp(Bits.nearest(inverse * (values[from + i] - min)), 0, LARGEST);
        }
    }

    private static void keep(float[] tried, byte[] quants, int to) {
        for (int i = 0; i < GROUP; i++) {
            quants[to + i] = (byte) tried[i];
        }
    }

    private static float error(float[] values, int from, float[] weights, float[] quants, float scale, float min) {
        float error = 0;
        for (int i = 0; i < GROUP; i++) {
            float difference = scale * quants[i] + min - values[from + i];
            error += weights[i] * (difference * difference);
        }
        return error;
    }

    /** Groups 0 to 3 have whole bytes with two bits to spare; these hold the upper bits of groups 4 to 7. */
    private static void putScale(byte[] out, int at, int group, int scale, int offset) {
        if (group < 4) {
            out[at + group] |= (byte) scale;
            out[at + group + 4] |= (byte) offset;
        } else {
            out[at + group + 4] = (byte) ((scale & 0xf) | (offset & 0xf) << 4);
            out[at + group - 4] |= (byte) (scale >> 4 << 6);
            out[at + group] |= (byte) (offset >> 4 << 6);
        }
    }

    private static int scale(byte[] in, int at, int group) {
        return group < 4 ? in[at + group] & 63 : (in[at + group + 4] & 0xf) | (in[at + group - 4] & 0xc0) >> 2;
    }

    private static int offset(byte[] in, int at, int group) {
        return group < 4 ? in[at + group + 4] & 63 : (in[at + group + 4] >> 4 & 0xf) | (in[at + group] & 0xc0) >> 2;
    }

    @Override
    public void decode(byte[] in, int at, float[] values, int from) {
        float d = Bits.half(in, at);
        float m = Bits.half(in, at + Short.BYTES);
        for (int group = 0; group < GROUPS; group++) {
            float scale = d * scale(in, at + SCALES, group);
            float offset = m * offset(in, at + SCALES, group);
            int quants = at + QUANTS + group / 2 * GROUP;
            int shift = group % 2 * 4;
            for (int i = 0; i < GROUP; i++) {
                values[from + group * GROUP + i] = scale * (in[quants + i] >> shift & 0xf) - offset;
            }
        }
    }
}
