package ai.luthier.text.plan;

/**
 * The random numbers of a {@link StepPlan}: SplitMix64 [1], written out here so that no library update can ever change
 * the order in which a stored job reads its rows.
 *
 * <p>State is one 64-bit counter that grows by the golden gamma; each output is the counter sent through a fixed mixing
 * function. Bounded integers take the high half of the 64 by 32 bit product and reject the few draws that would favour
 * some values [2], so that a permutation is uniform.
 *
 * <ol>
 *   <li>G. Steele, D. Lea, C. Flood: Fast splittable pseudorandom number generators. OOPSLA 2014. Constants are those of
 *       S. Vigna's public-domain splitmix64.c.
 *   <li>D. Lemire: Fast random integer generation in an interval. ACM TOMACS 29(1), 2019.
 * </ol>
 *
 * Not safe for several threads.
 */
final class StepGenerator {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    StepGenerator(long seed) {
        this.state = seed;
    }

    /** The generator of one epoch: its state is the mixed seed plus the mixed epoch, so that no two epochs overlap. */
    static StepGenerator ofEpoch(long seed, int epoch) {
        return new StepGenerator(mix(seed) + mix(~(long) epoch));
    }

    /** The next 64 uniform bits. */
    long next() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** Uniform in {@code [0, bound)}; {@code bound} is at least 1. */
    int below(int bound) {
        long threshold = (1L << 32) % bound;
        while (true) {
            long product = (next() >>> 32) * bound;
            if ((product & 0xFFFF_FFFFL) >= threshold) {
                return (int) (product >>> 32);
            }
        }
    }

    static long mix(long value) {
        long mixed = value;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
