package ai.luthier.engine.train;

import ai.luthier.engine.tensor.NativeHeap;

/**
 * Keeps a run from growing. Every step allocates what the step before freed, but never in quite the same order, so that holes are
 * left into which nothing fits: after some thirty steps a run held twice what its first step took. Whenever the process
 * has grown by {@link RunDefaults#FRAGMENTS} since it last began from an empty heap, the holes go back to the kernel; the next step then pays for
 * fresh pages, a tenth of its time. Threads that allocate from one arena ({@code MALLOC_ARENA_MAX}, set by the launcher) leave fewer holes.
 *
 * <p>Steps differ in size, so the bar is that of the largest step so far. Used by one thread.
 */
final class Fragments {

    private static final double GROWTH = 1 + RunDefaults.FRAGMENTS;

    private double bar;
    private boolean fresh = true;

    /** Call when a step is over, and its tensors are freed. */
    void afterStep() {
        if (exceeds(NativeHeap.resident())) {
            NativeHeap.trim();
        }
    }

    /** Whether a process of that size should give its holes back now. */
    boolean exceeds(long resident) {
        if (fresh) {
            bar = Math.max(bar, GROWTH * resident);
            fresh = false;
            return false;
        }
        fresh = resident > bar;
        return fresh;
    }
}
