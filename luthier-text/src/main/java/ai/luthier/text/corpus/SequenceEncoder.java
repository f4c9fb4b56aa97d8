package ai.luthier.text.corpus;

import ai.luthier.text.bpe.BpeEncoder;
import ai.luthier.text.bpe.BpeTrainer;
import ai.luthier.text.bpe.BpeVocabulary;
import ai.luthier.text.corpus.Sequence.Chat;
import ai.luthier.text.corpus.Sequence.Plain;
import ai.luthier.text.corpus.Sequence.Role;
import ai.luthier.text.corpus.Sequence.Turn;
import java.util.ArrayList;
import java.util.List;

/**
 * Sequences as tokens, in nano's format: a message is its role's token, the content and {@code <|end|>}, with nothing in between;
 * running text stands between {@code <|endoftext|>} and {@code <|end|>}. Not thread-safe.
 */
public final class SequenceEncoder {

    public static final String TEXT = "<|endoftext|>";
    public static final String END = "<|end|>";

    /** The control tokens, in order of their ids. */
    public static final List<String> SPECIAL_TOKENS =
            List.of(TEXT, "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", END);

    private final BpeVocabulary vocabulary;
    private final BpeEncoder encoder;

    public SequenceEncoder(BpeVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.encoder = new BpeEncoder(vocabulary);
    }

    /**
     * A vocabulary of {@code size} ids learnt from the running text and the fixed sentences of requests. Conversations are left out:
     * retold stories would win a token for every noun that is ever asked for, and a model that has only copied whole
     * tokens cannot copy "zebra" in three.
     */
    public static BpeVocabulary learnVocabulary(List<Sequence> sequences, int size) {
        var trainer = new BpeTrainer(size, SPECIAL_TOKENS);
        for (Sequence sequence : sequences) {
            if (sequence instanceof Plain plain) {
                trainer.count(plain.text());
            }
        }
        Requests.phrases().forEach(trainer::count);
        return trainer.train();
    }

    /** The rows of the sequences, in the same order. */
    public TokenRows encode(List<Sequence> sequences) {
        return new TokenRows(sequences.stream().map(this::encode).toList());
    }

    /** One row. The first token of a row is never predicted. */
    public short[] encode(Sequence sequence) {
        var row = new ArrayList<Short>();
        switch (sequence) {
            case Plain plain -> {
                row.add(TokenRows.token(vocabulary.special(TEXT), false));
                append(row, plain.text(), true);
            }
            case Chat chat -> {
                for (Turn turn : chat.turns()) {
                    row.add(TokenRows.token(vocabulary.special("<|" + name(turn.role()) + "|>"), false));
                    append(row, turn.content(), turn.role() == Role.ASSISTANT);
                }
            }
        }
        var tokens = new short[row.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = row.get(i);
        }
        return tokens;
    }

    private void append(List<Short> row, String content, boolean learnt) {
        for (int id : encoder.encode(content)) {
            row.add(TokenRows.token(id, learnt));
        }
        row.add(TokenRows.token(vocabulary.special(END), learnt));
    }

    private static String name(Role role) {
        return switch (role) {
            case SYSTEM -> "system";
            case USER -> "user";
            case ASSISTANT -> "assistant";
        };
    }
}
