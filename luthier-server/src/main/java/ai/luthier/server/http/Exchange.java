package ai.luthier.server.http;

import ai.luthier.api.wire.StreamUsage;
import ai.luthier.server.http.request.Decoding;
import ai.luthier.server.serving.Answer;
import ai.luthier.server.serving.Ask;
import ai.luthier.server.serving.ServedModel;
import ai.luthier.server.serving.ServedModel.PieceListener;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One request to a model while it is answered: its identity, its limits, and the tokens written so far. Used by one thread. */
final class Exchange {

    private final String id;
    private final long created;
    private final ServedModel model;
    private final Decoding decoding;
    private final Asking asking;
    private final BooleanSupplier clientGone;
    private int written;

    /** @param created Unix seconds */
    Exchange(String id, long created, ServedModel model, Decoding decoding, Asking asking, BooleanSupplier clientGone) {
        this.id = id;
        this.created = created;
        this.model = model;
        this.decoding = decoding;
        this.asking = asking;
        this.clientGone = clientGone;
    }

    String id() {
        return id;
    }

    long created() {
        return created;
    }

    ServedModel model() {
        return model;
    }

    String fingerprint() {
        return Asking.fingerprint(model);
    }

    /** Throws CONTEXT_LENGTH_EXCEEDED where the prompt leaves no room. */
    void check(int[] prompt, String param) {
        asking.check(prompt, param);
    }

    /**
     * Has the model answer; {@code index} counts all answers of the request.
     *
     * @throws ClientGone when nobody waits any more
     */
    Answer answer(int[] prompt, int index, PieceListener listener) {
        Ask ask = asking.ask(prompt, index);
        if (ask.maxTokens() == 0) {
            return new Answer("", 0, Answer.Finish.LENGTH, List.of());
        }
        Answer answer = model.answer(ask, listener);
        written += answer.tokens();
        if (answer.finish() == Answer.Finish.CANCELLED && clientGone.getAsBoolean()) {
            throw new ClientGone();
        }
        return answer;
    }

    /** Tokens over all answers. */
    int written() {
        return written;
    }

    /** Answers to each prompt. */
    int choices() {
        return decoding.choices();
    }

    /** Whether log probabilities were asked for. */
    boolean scored() {
        return decoding.topLogprobs() >= 0;
    }

    /** What events before the last say of usage: null under a key, or no key at all. */
    @Nullable
    StreamUsage pendingUsage() {
        return decoding.includeUsage() ? StreamUsage.PENDING : null;
    }
}
