package ai.luthier.engine.pretrain;

import ai.luthier.text.bpe.BpeVocabulary;
import java.util.List;

/** How many bytes of text each token stands for; 0 for control tokens. */
final class ByteLengths {

    private final int[] lengths;

    ByteLengths(BpeVocabulary vocabulary) {
        List<String> tokens = vocabulary.tokens();
        lengths = new int[tokens.size()];
        for (int id = vocabulary.specialTokens().size(); id < lengths.length; id++) {
            lengths[id] = tokens.get(id).length();
        }
    }

    /** The bytes of all tokens together. */
    long of(int[] tokens) {
        long bytes = 0;
        for (int token : tokens) {
            bytes += lengths[token];
        }
        return bytes;
    }
}
