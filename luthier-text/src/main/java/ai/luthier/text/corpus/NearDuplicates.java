package ai.luthier.text.corpus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Drops stories that share most of their wording with an earlier one.
 *
 * <p>MinHash with banding [1]: each story is the set of its runs of five words; of every run {@value #HASHES} hashes are
 * taken and the smallest of each kept. Two stories agree in one such minimum with a probability equal to their Jaccard
 * similarity s. The minima are grouped into bands of {@value #ROWS}; stories that agree in a whole band are called near
 * duplicates, which happens with probability 1 - (1 - s^4)^8: 99 % at s = 0.8, 1 % at s = 0.2.
 *
 * <p>[1] Broder, "On the resemblance and containment of documents", 1997.
 */
final class NearDuplicates {

    private static final int BANDS = 8;
    private static final int ROWS = 4;
    private static final int HASHES = BANDS * ROWS;
    private static final int SHINGLE_WORDS = 5;

    private NearDuplicates() {}

    /** The stories without near duplicates; the first of each group stays. */
    static List<Story> removed(List<Story> stories) {
        List<Set<Long>> seen = new ArrayList<>();
        for (int band = 0; band < BANDS; band++) {
            seen.add(new HashSet<>());
        }
        var kept = new ArrayList<Story>();
        for (Story story : stories) {
            long[] minima = minima(story.text());
            boolean duplicate = false;
            for (int band = 0; band < BANDS; band++) {
                long key = Arrays.hashCode(Arrays.copyOfRange(minima, band * ROWS, (band + 1) * ROWS))
                        ^ minima[band * ROWS] << 32;
                duplicate |= !seen.get(band).add(key);
            }
            if (!duplicate) {
                kept.add(story);
            }
        }
        return kept;
    }

    private static long[] minima(String text) {
        String[] words = text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}']+");
        var minima = new long[HASHES];
        Arrays.fill(minima, Long.MAX_VALUE);
        for (int start = 0; start == 0 || start + SHINGLE_WORDS <= words.length; start++) {
            long shingle = 0;
            for (int i = start; i < Math.min(start + SHINGLE_WORDS, words.length); i++) {
                shingle = mix(shingle * 31 + words[i].hashCode());
            }
            for (int hash = 0; hash < HASHES; hash++) {
                minima[hash] = Math.min(minima[hash], mix(shingle + hash * 0x9E3779B97F4A7C15L));
            }
        }
        return minima;
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): every bit of the input reaches every bit of the output. */
    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
