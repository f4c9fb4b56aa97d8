package ai.luthier.engine.train;

import ai.luthier.engine.tensor.NativeHeap;

/**
 * Keeps a run from growing. Every step allocates what the step before freed, but never in quite the same order, so that holes are
 * left into which nothing fits: after some thirty steps a run held twice what its first step took. Whenever the process
 * holds more than the run was reckoned to, holes included, and has grown by {@link RunDefaults#FRAGMENTS} since it last began from an
 * empty heap, the holes go back to the kernel; the next step then pays for fresh pages, a tenth of its time. Threads that allocate
 * from one arena ({@code MALLOC_ARENA_MAX}, set by the launcher) leave fewer holes.
 *
 * <p>Steps differ in size, so the bar is that of the largest step so far. Used by one thread.
 */
final class Fragments {

    private static final double GROWTH = 1 + RunDefaults.FRAGMENTS;

    private final boolean bounded;
    private double bar;
    private boolean fresh = true;

    /**
     * @param reckoned bytes of the process at its fullest moment, as they were estimated
     * @param bounded whether the process has to keep to them, so that whatever lies above goes back, steps being slower or not
     */
    Fragments(long reckoned, boolean bounded) {
        this.bar = reckoned;
        this.bounded = bounded;
    }

    /** Call when a step is over, and its tensors are freed. */
    void afterStep() {
        if (exceeds(NativeHeap.resident())) {
            NativeHeap.trim();
        }
    }

    /** Whether a process of that size should give its holes back now. */
    boolean exceeds(long resident) {
        if (bounded) {
            return resident > bar;
        }
        if (fresh) {
            bar = Math.max(bar, GROWTH * resident);
            fresh = false;
            return false;
        }
        fresh = resident > bar;
        return fresh;
    }
}
