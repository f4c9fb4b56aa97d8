package ai.luthier.text.bpe;

import ai.luthier.text.bpe.BpeVocabulary.Merge;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns text into ids and back. It remembers the ids of every piece it has seen, which makes a second of the story corpus
 * cost a dictionary look-up a word; the memory grows with the number of different pieces.
 *
 * <p>Special tokens inside the text are text: they come out as bytes, never as control. Not thread-safe.
 */
public final class BpeEncoder {

    private final BpeVocabulary vocabulary;
    private final List<String> tokens;
    private final Map<Merge, Integer> ranks = new HashMap<>();
    private final Map<String, int[]> known = new HashMap<>();

    public BpeEncoder(BpeVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.tokens = vocabulary.tokens();
        for (int rank = 0; rank < vocabulary.merges().size(); rank++) {
            ranks.put(vocabulary.merges().get(rank), rank);
        }
    }

    /** The ids of the text, without any special token. */
    public int[] encode(String text) {
        var out = new Object() {
            int[] ids = new int[text.length() + 8];
            int length;
        };
        PreTokenizer.split(text, piece -> {
            int[] ids = known.computeIfAbsent(piece, this::encodePiece);
            if (out.length + ids.length > out.ids.length) {
                out.ids = Arrays.copyOf(out.ids, 2 * (out.length + ids.length));
            }
            System.arraycopy(ids, 0, out.ids, out.length, ids.length);
            out.length += ids.length;
        });
        return Arrays.copyOf(out.ids, out.length);
    }

    /** The text of the ids; special tokens are left out, bytes that are not UTF-8 become U+FFFD. */
    public String decode(int[] ids) {
        var bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            if (id >= vocabulary.specialTokens().size()) {
                bytes.writeBytes(ByteAlphabet.bytes(tokens.get(id)));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private int[] encodePiece(String piece) {
        byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
        var ids = new int[utf8.length];
        for (int i = 0; i < utf8.length; i++) {
            ids[i] = vocabulary.byteId(utf8[i] & 0xFF);
        }
        while (true) {
            int best = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < ids.length; i++) {
                best = Math.min(best, ranks.getOrDefault(new Merge(ids[i], ids[i + 1]), Integer.MAX_VALUE));
            }
            if (best == Integer.MAX_VALUE) {
                return ids;
            }
            ids = BpeTrainer.merged(ids, vocabulary.merges().get(best), vocabulary.firstMerged() + best);
        }
    }
}
