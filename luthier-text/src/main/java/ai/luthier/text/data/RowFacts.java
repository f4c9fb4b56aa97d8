package ai.luthier.text.data;

import org.jspecify.annotations.Nullable;

/**
 * What the scan of a row says about it beyond its problems.
 *
 * @param format null where the row is of no known format or not even JSON
 * @param system whether a chat row has a system or developer message
 * @param supervised answers that are learnt
 */
record RowFacts(@Nullable TrainingFormat format, boolean system, int supervised) {

    static final RowFacts BROKEN = new RowFacts(null, false, 0);
}
