package ai.luthier.text.bpe;

import ai.luthier.text.bpe.BpeVocabulary.Merge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Learns a byte-level BPE vocabulary: count pieces, then merge the most frequent neighbours until the vocabulary is full.
 *
 * <p>Idea: a corpus of a hundred million characters has only some ten thousand different pieces, so the text is folded
 * into a dictionary of pieces with counts, and a merge touches only the pieces that hold its pair. A priority queue gives
 * the next pair; entries are not updated in place but checked when taken: one whose count has fallen since is put back
 * with the present count. A merge can only lower the count of an older pair (new neighbours contain the new token), so a
 * stale entry is never too low and the order is exact. Ties go to the pair of smaller ids, so the result is the same on every machine.
 *
 * <p>Not thread-safe.
 */
public final class BpeTrainer {

    private final int vocabularySize;
    private final List<String> specialTokens;
    private final Map<String, Long> pieces = new HashMap<>();

    /** @param vocabularySize the number of ids wanted, special tokens and bytes included */
    public BpeTrainer(int vocabularySize, List<String> specialTokens) {
        int smallest = specialTokens.size() + 256;
        if (vocabularySize < smallest) {
            throw new IllegalArgumentException("a vocabulary of " + vocabularySize + " cannot hold 256 bytes and "
                    + specialTokens.size() + " special tokens; ask for at least " + smallest);
        }
        this.vocabularySize = vocabularySize;
        this.specialTokens = List.copyOf(specialTokens);
    }

    /** Adds one text to the counts. */
    public void count(String text) {
        PreTokenizer.split(text, piece -> pieces.merge(piece, 1L, Long::sum));
    }

    /** The vocabulary of everything counted; smaller than asked for where the text has no more pairs to merge. */
    public BpeVocabulary train() {
        var run = new MergeRun(new BpeVocabulary(specialTokens, List.of()), new TreeMap<>(pieces));
        var merges = new ArrayList<Merge>();
        for (int id = specialTokens.size() + 256; id < vocabularySize; id++) {
            Merge best = run.next();
            if (best == null) {
                break;
            }
            merges.add(best);
            run.apply(best, id);
        }
        return new BpeVocabulary(specialTokens, merges);
    }

    /** The state of one training: the pieces as ids, the pair counts and where each pair was seen. */
    private static final class MergeRun {

        private record Candidate(Merge pair, long count) {}

        private final List<int[]> words = new ArrayList<>();
        private final List<Long> counts = new ArrayList<>();
        private final Map<Merge, Long> pairCounts = new HashMap<>();
        private final Map<Merge, Set<Integer>> wordsOfPair = new HashMap<>();
        private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Comparator.comparingLong(Candidate::count)
                .reversed()
                .thenComparingInt(candidate -> candidate.pair().left())
                .thenComparingInt(candidate -> candidate.pair().right()));

        MergeRun(BpeVocabulary bytes, Map<String, Long> pieces) {
            pieces.forEach((piece, count) -> {
                byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
                var word = new int[utf8.length];
                for (int i = 0; i < utf8.length; i++) {
                    word[i] = bytes.byteId(utf8[i] & 0xFF);
                }
                words.add(word);
                counts.add(count);
                addPairs(words.size() - 1, word, count);
            });
            pairCounts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
        }

        @Nullable
        Merge next() {
            while (true) {
                Candidate top = queue.poll();
                if (top == null) {
                    return null;
                }
                long present = pairCounts.getOrDefault(top.pair(), 0L);
                if (present == top.count()) {
                    return top.pair();
                }
                if (present > 0) {
                    queue.add(new Candidate(top.pair(), present));
                }
            }
        }

        void apply(Merge pair, int id) {
            var touched = new LinkedHashSet<Merge>();
            for (int index : wordsOfPair.getOrDefault(pair, Set.of()).toArray(Integer[]::new)) {
                int[] before = words.get(index);
                int[] after = merged(before, pair, id);
                long count = counts.get(index);
                addPairs(index, before, -count);
                touched.addAll(addPairs(index, after, count));
                words.set(index, after);
            }
            wordsOfPair.remove(pair);
            pairCounts.remove(pair);
            for (Merge neighbour : touched) {
                if (neighbour.left() == id || neighbour.right() == id) {
                    queue.add(new Candidate(neighbour, pairCounts.getOrDefault(neighbour, 0L)));
                }
            }
        }

        private Set<Merge> addPairs(int index, int[] word, long count) {
            var pairs = new LinkedHashSet<Merge>();
            for (int i = 0; i + 1 < word.length; i++) {
                var pair = new Merge(word[i], word[i + 1]);
                pairs.add(pair);
                pairCounts.merge(pair, count, Long::sum);
                Set<Integer> holders = wordsOfPair.computeIfAbsent(pair, _ -> new LinkedHashSet<>());
                if (count > 0) {
                    holders.add(index);
                } else {
                    holders.remove(index);
                }
            }
            return pairs;
        }
    }

    /** The word with every occurrence of the pair replaced, from the left. */
    static int[] merged(int[] word, Merge pair, int id) {
        var out = new int[word.length];
        int length = 0;
        for (int i = 0; i < word.length; i++) {
            boolean match = i + 1 < word.length && word[i] == pair.left() && word[i + 1] == pair.right();
            out[length++] = match ? id : word[i];
            if (match) {
                i++;
            }
        }
        return Arrays.copyOf(out, length);
    }
}
