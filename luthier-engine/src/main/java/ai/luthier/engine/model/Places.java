package ai.luthier.engine.model;

import java.util.List;

/**
 * Where the tokens of a pass stand.
 *
 * @param positions of each token in its own row, {@code [T]}
 * @param lengths of each token's row at the end of the pass, what its cache held included, {@code [T]}
 */
record Places(int[] positions, int[] lengths) {

    /** Of rows that continue what their caches hold; without caches they start at 0. */
    static Places of(Rows rows, List<KeyValueCache> caches) {
        int[] positions = new int[rows.tokens()];
        int[] lengths = new int[rows.tokens()];
        for (int row = 0; row < rows.count(); row++) {
            int first = caches.isEmpty() ? 0 : caches.get(row).length();
            for (int i = 0; i < rows.length(row); i++) {
                positions[rows.starts()[row] + i] = first + i;
                lengths[rows.starts()[row] + i] = first + rows.length(row);
            }
        }
        return new Places(positions, lengths);
    }

    int tokens() {
        return positions.length;
    }

    /** The most tokens that any query can see. */
    int mostSeen() {
        int most = 0;
        for (int length : lengths) {
            most = Math.max(most, length);
        }
        return most;
    }
}
