package ai.luthier.engine.train.memory;

import ai.luthier.engine.train.RunDefaults;
import java.util.Optional;

/**
 * The bytes that a training process may take, and what of them is left for activations.
 *
 * <p>What a run takes in any case is taken off: the process, the weights, what is trained with its gradients and moments, and for every
 * lane what a pass takes besides the activations that layers keep. The rest goes to those; where that is little, passes become
 * smaller first, since rows lose nothing by being computed apart, and only then activations are computed again.
 */
public final class MemoryBudget {

    /** As much as it takes. */
    public static final MemoryBudget NONE = new MemoryBudget(Long.MAX_VALUE, Optional.empty());

    /** Passes of fewer tokens make products slower. */
    private static final int FEWEST_TOKENS = 512;

    private final long bytes;
    private final Optional<RunMemory> run;

    private MemoryBudget(long bytes, Optional<RunMemory> run) {
        this.bytes = bytes;
        this.run = run;
    }

    /** So many bytes for the process of this run; 0 for as many as it takes. */
    public static MemoryBudget of(long bytes, RunMemory run) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a budget of " + bytes + " bytes");
        }
        return bytes == 0 ? NONE : new MemoryBudget(bytes, Optional.of(run));
    }

    /** What a lane's pass may keep for its way back; 0 where even that is too much, all there is where nothing limits it. */
    public long kept(long tokens, int longest) {
        return run.map(some -> kept(some, some.pass(tokens, longest))).orElse(Long.MAX_VALUE);
    }

    private long kept(RunMemory some, PassMemory pass) {
        long room = room(some);
        long whole = pass.whole();
        return room >= whole + pass.once() ? whole : Math.clamp(room - pass.again(), 0, whole - 1);
    }

    /** For the activations of one lane. */
    private long room(RunMemory some) {
        return (long) ((bytes - some.standing()) / (1 + RunDefaults.FRAGMENTS) / some.lanes());
    }

    /**
     * Tokens of a step's passes together: {@code most}, or as few as it takes to keep everything, or to compute all again where that is
     * asked for, down to {@value #FEWEST_TOKENS} a lane.
     *
     * @param longest tokens of the longest row
     */
    public int tokens(int most, int longest, boolean recompute) {
        return run.map(some -> tokens(some, most, longest, recompute)).orElse(most);
    }

    private int tokens(RunMemory some, int most, int longest, boolean recompute) {
        int tokens = most;
        while (tokens / 2 >= FEWEST_TOKENS * some.lanes()) {
            PassMemory pass = some.pass(tokens / some.lanes(), Math.min(longest, tokens / some.lanes()));
            if (pass.peak(recompute ? 0 : pass.whole()) <= room(some)) {
                break;
            }
            tokens /= 2;
        }
        return tokens;
    }
}
