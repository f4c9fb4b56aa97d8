package ai.luthier.server.serving;

import ai.luthier.text.chat.Conversation;
import java.util.List;

/** A model that can answer now. Closing it lets the host evict its adapter. */
public interface ServedModel extends AutoCloseable {

    /** The id that answers carry: the snapshot an alias stands for, or the fine-tuned name. */
    String id();

    /** Prompt and answer together hold at most so many tokens. */
    int contextLength();

    /** Token ids are in [0, vocabularySize). */
    int vocabularySize();

    /** Whether the model has a chat template. */
    boolean chats();

    /**
     * The token ids of a conversation with the opening of the model's turn.
     *
     * @throws ai.luthier.api.UserError where the template refuses the conversation
     */
    int[] chatPrompt(Conversation conversation);

    /** The token ids of a text that is to be continued; never empty. */
    int[] textPrompt(String text);

    /**
     * Generates one answer; {@code listener} gets it piece by piece on the calling thread.
     *
     * @return the whole answer, also when it was cancelled
     */
    Answer answer(Ask ask, PieceListener listener);

    @Override
    void close();

    /** Hears an answer as it is made. */
    @FunctionalInterface
    interface PieceListener {

        /**
         * @param text whole characters, never a part of a stop string; may be empty when only scores are new
         * @param scores of the tokens that this piece completes; empty unless log probabilities were asked for
         */
        void piece(String text, List<TokenScore> scores);
    }
}
