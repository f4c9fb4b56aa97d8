package ai.luthier.engine.fast;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which optimisations are on.
 *
 * @param on all others are off
 */
public record FastOptions(Set<Optimisation> on) {

    /** Rows of more tokens never keep their attention weights, which grow with the square of the row. */
    public static final int KEPT_ROW = 2048;

    /** Everything that pays. */
    public static final FastOptions DEFAULTS =
            new FastOptions(EnumSet.complementOf(EnumSet.of(Optimisation.STACKED_PRODUCTS)));

    /** Everything off: the hand-written backward pass alone. */
    public static final FastOptions PLAIN = new FastOptions(Set.of());

    public FastOptions {
        EnumSet<Optimisation> ordered = EnumSet.noneOf(Optimisation.class);
        ordered.addAll(on);
        on = Collections.unmodifiableSet(ordered);
    }

    /** The same with one more switched on. */
    public FastOptions with(Optimisation optimisation) {
        EnumSet<Optimisation> more = EnumSet.of(optimisation);
        more.addAll(on);
        return new FastOptions(more);
    }

    /** The same with one switched off. */
    public FastOptions without(Optimisation optimisation) {
        EnumSet<Optimisation> fewer = EnumSet.noneOf(Optimisation.class);
        fewer.addAll(on);
        fewer.remove(optimisation);
        return new FastOptions(fewer);
    }

    /** What a layer may keep where there is room. */
    Set<Kept> kept() {
        EnumSet<Kept> kept = EnumSet.of(Kept.LAYER);
        if (has(Optimisation.KEPT_SCORES)) {
            kept.add(Kept.SCORES);
        }
        if (has(Optimisation.KEPT_PRODUCTS)) {
            kept.addAll(EnumSet.of(Kept.NORMED, Kept.ACTIVATED, Kept.GATED));
        }
        return kept;
    }

    /** Whether it is on. */
    public boolean has(Optimisation optimisation) {
        return on.contains(optimisation);
    }
}
