package ai.luthier.text.data;

import java.util.Arrays;

/**
 * Finds repeated rows in two passes with little more than 8 bytes a row.
 *
 * <p>The first pass collects one hash a row, spread over buckets by its highest bits; a bucket grows by a quarter, so
 * that what is unused stays small, and moving one never doubles the whole. {@link #endOfFirstPass()} sorts each bucket
 * and keeps only what occurs twice. The second pass, needed only if something did, asks for each row which line had the
 * same hash first.
 *
 * <p>Not safe for several threads.
 */
final class DuplicateRows {

    private static final int BUCKET_BITS = 9;
    private static final int BUCKETS = 1 << BUCKET_BITS;

    private final long[][] buckets = new long[BUCKETS][0];
    private final int[] sizes = new int[BUCKETS];
    private final int[][] firstLines = new int[BUCKETS][0];

    /** First pass: one more row. */
    void add(long hash) {
        int bucket = bucketOf(hash);
        int size = sizes[bucket];
        if (size == buckets[bucket].length) {
            buckets[bucket] = Arrays.copyOf(buckets[bucket], Math.max(16, size + (size >> 2)));
        }
        buckets[bucket][size] = hash;
        sizes[bucket] = size + 1;
    }

    /** Ends the first pass; returns how many rows repeat an earlier one. */
    int endOfFirstPass() {
        int repeats = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            repeats += keepRepeated(bucket);
        }
        return repeats;
    }

    /** Second pass, in the order of the file: the line that had this row first; 0 where {@code line} is itself the first. */
    int firstLineOf(long hash, int line) {
        int bucket = bucketOf(hash);
        int found = Arrays.binarySearch(buckets[bucket], hash);
        if (found < 0) {
            return 0;
        }
        int first = firstLines[bucket][found];
        if (first == 0) {
            firstLines[bucket][found] = line;
        }
        return first;
    }

    private int keepRepeated(int bucket) {
        long[] hashes = buckets[bucket];
        int size = sizes[bucket];
        Arrays.sort(hashes, 0, size);
        int kept = 0;
        int repeats = 0;
        for (int i = 1; i < size; i++) {
            if (hashes[i] == hashes[i - 1]) {
                repeats++;
                if (kept == 0 || hashes[kept - 1] != hashes[i]) {
                    hashes[kept++] = hashes[i];
                }
            }
        }
        buckets[bucket] = Arrays.copyOf(hashes, kept);
        firstLines[bucket] = new int[kept];
        sizes[bucket] = kept;
        return repeats;
    }

    private static int bucketOf(long hash) {
        return (int) (hash >>> (Long.SIZE - BUCKET_BITS));
    }
}
