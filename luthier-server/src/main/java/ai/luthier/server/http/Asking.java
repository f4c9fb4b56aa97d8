package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import ai.luthier.server.http.request.Decoding;
import ai.luthier.server.serving.Answer;
import ai.luthier.server.serving.Ask;
import ai.luthier.server.serving.ServedModel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request to a model: the same limits, seed and identity for all of its answers.
 *
 * <p>An answer is never longer than the context has room for: a larger {@code max_tokens} is cut to it and the answer then ends
 * with {@code length}. Only a prompt that leaves no room at all is refused.
 */
final class Asking {

    private static final SecureRandom RANDOM = new SecureRandom();
    /** The odd constant of Weyl sequences: seeds of neighbouring choices share no bits. */
    private static final long STRIDE = 0x9E3779B97F4A7C15L;

    private final ServedModel model;
    private final Decoding decoding;
    private final BooleanSupplier cancelled;
    private final long seed;

    Asking(ServedModel model, Decoding decoding, BooleanSupplier cancelled) {
        this.model = model;
        this.decoding = decoding;
        this.cancelled = cancelled;
        this.seed = Objects.requireNonNullElseGet(decoding.seed(), RANDOM::nextLong);
        for (int id : decoding.logitBias().keySet()) {
            if (id >= model.vocabularySize()) {
                throw new UserError(
                        ErrorCode.INVALID_VALUE,
                        "logit_bias",
                        "Invalid key in 'logit_bias': " + id + ". Maximum value is " + (model.vocabularySize() - 1)
                                + ".");
            }
        }
    }

    /** Throws CONTEXT_LENGTH_EXCEEDED where the prompt leaves no room. */
    void check(int[] prompt, String param) {
        if (prompt.length >= model.contextLength()) {
            throw new UserError(
                    ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    param,
                    "This model's maximum context length is " + model.contextLength() + " tokens. However, your "
                            + param + " resulted in " + prompt.length + " tokens. Please reduce the length of the "
                            + param + ".");
        }
    }

    /** The question for a choice; {@code choice} counts from 0. */
    Ask ask(int[] prompt, int choice) {
        int room = model.contextLength() - prompt.length;
        @Nullable Integer asked = decoding.maxTokens();
        return new Ask(
                prompt,
                decoding.temperature(),
                decoding.topP(),
                seed + choice * STRIDE,
                decoding.logitBias(),
                decoding.presencePenalty(),
                decoding.frequencyPenalty(),
                asked == null ? room : Math.min(asked, room),
                decoding.stop(),
                decoding.topLogprobs(),
                cancelled);
    }

    /**
     * OpenAI's word for why an answer ended.
     *
     * @throws Unavailable where it was cut off
     */
    static String finishReason(Answer.Finish finish) {
        return switch (finish) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case CANCELLED ->
                throw new Unavailable(
                        ErrorCode.UNAVAILABLE,
                        null,
                        "The answer was cut off because the server is shutting down. Ask again when it is back.");
        };
    }

    /** What {@code system_fingerprint} says: it changes when the model behind a name does. */
    static String fingerprint(ServedModel model) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(model.id().getBytes(StandardCharsets.UTF_8));
            return "fp_" + HexFormat.of().formatHex(hash, 0, 5);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
