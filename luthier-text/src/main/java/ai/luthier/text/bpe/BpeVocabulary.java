package ai.luthier.text.bpe;

import java.util.ArrayList;
import java.util.List;

/**
 * A learnt vocabulary. Ids: the special tokens from 0, then the 256 bytes in order, then one token per merge.
 *
 * @param specialTokens control tokens, never produced from text
 * @param merges pairs of ids in order of rank; merge {@code i} makes the token {@code specialTokens.size() + 256 + i}
 */
public record BpeVocabulary(List<String> specialTokens, List<Merge> merges) {

    /** Two tokens that become one. */
    public record Merge(int left, int right) {}

    public BpeVocabulary {
        specialTokens = List.copyOf(specialTokens);
        merges = List.copyOf(merges);
    }

    /** The number of ids. */
    public int size() {
        return firstMerged() + merges.size();
    }

    /** The id of a special token. */
    public int special(String token) {
        int id = specialTokens.indexOf(token);
        if (id < 0) {
            throw new IllegalArgumentException(token + " is not a special token of this vocabulary: " + specialTokens);
        }
        return id;
    }

    /** Every token by id, bytes spelled in GPT-2's alphabet, special tokens as they are. */
    public List<String> tokens() {
        var tokens = new ArrayList<String>(specialTokens);
        for (int value = 0; value < 256; value++) {
            tokens.add(String.valueOf(ByteAlphabet.character(value)));
        }
        for (Merge merge : merges) {
            tokens.add(tokens.get(merge.left()) + tokens.get(merge.right()));
        }
        return tokens;
    }

    /** The id of a byte, {@code value} in [0, 256). */
    int byteId(int value) {
        return specialTokens.size() + value;
    }

    /** The id of the first merge's token. */
    int firstMerged() {
        return specialTokens.size() + 256;
    }
}
