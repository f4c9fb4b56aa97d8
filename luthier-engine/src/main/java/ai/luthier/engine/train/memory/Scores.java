package ai.luthier.engine.train.memory;

/** How many attention scores blocks of queries compute: each block only against the keys that it can see. */
final class Scores {

    /** Queries in one block, on both paths. */
    static final int BLOCK = 128;

    private Scores() {}

    /**
     * {@code S}: scores of one head for {@code tokens} tokens in rows of {@code length}, the last row shorter.
     *
     * @param window keys that a query sees at most; 0 for all before it
     */
    static long of(long tokens, int length, int window) {
        return tokens / length * row(length, window) + row((int) (tokens % length), window);
    }

    private static long row(int length, int window) {
        long scores = 0;
        for (int from = 0; from < length; from += BLOCK) {
            long size = Math.min(BLOCK, length - from);
            long seen = from + size;
            scores += size * (window == 0 ? seen : Math.min(seen, size + window - 1));
        }
        return scores;
    }
}
