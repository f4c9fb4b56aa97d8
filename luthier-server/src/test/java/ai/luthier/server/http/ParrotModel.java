package ai.luthier.server.http;

import ai.luthier.server.serving.Answer;
import ai.luthier.server.serving.Ask;
import ai.luthier.server.serving.ServedModel;
import ai.luthier.server.serving.TokenScore;
import ai.luthier.text.chat.Conversation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A model whose tokens are characters and which says the last message again; "forever" makes it talk without end. */
final class ParrotModel implements ServedModel {

    static final int CONTEXT = 200;

    private final String id;
    private final boolean chats;
    final AtomicInteger cancelledAnswers = new AtomicInteger();

    ParrotModel(String id, boolean chats) {
        this.id = id;
        this.chats = chats;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int contextLength() {
        return CONTEXT;
    }

    @Override
    public int vocabularySize() {
        return Character.MAX_VALUE;
    }

    @Override
    public boolean chats() {
        return chats;
    }

    @Override
    public int[] chatPrompt(Conversation conversation) {
        return textPrompt(String.valueOf(conversation.messages().getLast().get("content")));
    }

    @Override
    public int[] textPrompt(String text) {
        return text.isEmpty() ? new int[] {'.'} : text.chars().toArray();
    }

    @Override
    public Answer answer(Ask ask, PieceListener listener) {
        String text = new String(ask.prompt(), 0, ask.prompt().length);
        if (text.equals("fail late")) {
            listener.piece("f", List.of());
            throw new IllegalStateException("the model broke in the middle");
        }
        boolean forever = text.equals("forever"); // whatever the limit
        boolean slowly = text.equals("slowly");
        List<TokenScore> scores = new ArrayList<>();
        int written = 0;
        while (forever || written < Math.min(text.length(), ask.maxTokens())) {
            if (ask.cancelled().getAsBoolean()) {
                cancelledAnswers.incrementAndGet();
                return new Answer("", written, Answer.Finish.CANCELLED, scores);
            }
            if (slowly) {
                pause();
            }
            String piece = text.substring(written % text.length(), written % text.length() + 1);
            List<TokenScore> score = ask.topLogprobs() < 0 ? List.of() : List.of(score(piece, ask.topLogprobs()));
            scores.addAll(score);
            listener.piece(piece, score);
            written++;
        }
        boolean whole = written == text.length();
        return new Answer(
                text.substring(0, written), written, whole ? Answer.Finish.STOP : Answer.Finish.LENGTH, scores);
    }

    private static void pause() {
        try {
            Thread.sleep(60);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static TokenScore score(String piece, int alternatives) {
        List<Integer> bytes = new ArrayList<>();
        for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(b & 0xff);
        }
        TokenScore plain = new TokenScore(piece, bytes, -0.25, List.of());
        return new TokenScore(piece, bytes, -0.25, alternatives > 0 ? List.of(plain) : List.of());
    }

    @Override
    public void close() {}
}
