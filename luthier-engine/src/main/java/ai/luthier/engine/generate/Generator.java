package ai.luthier.engine.generate;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.text.tokens.TextTokenizer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A base model that generates, for itself and for every adapter attached to it. The weights are there once, however many
 * tuned models share them.
 *
 * <p>One thread owns the model. It keeps the running requests in a ring and gives each one token in turn, so a long answer
 * delays a short one by its share and no more. Requests do not share forward passes: one row computed alone gives the same bits
 * every time, which is what makes a seed worth something.
 *
 * <p>Safe for any thread. {@link #close} ends running requests with {@code Unavailable}.
 */
public final class Generator implements AutoCloseable {

    private final Decoder decoder;
    private final IntFunction<byte[]> bytes;
    private final Runnable afterwards;
    private final BlockingQueue<Decode> arriving = new LinkedBlockingQueue<>();
    private final Thread owner;
    private volatile boolean closing;

    /**
     * A generator over a decoder, which it owns from now on.
     *
     * @param bytes of a token, empty for control tokens
     * @param afterwards runs once it is closed
     */
    Generator(Decoder decoder, IntFunction<byte[]> bytes, Runnable afterwards) {
        this.decoder = decoder;
        this.bytes = bytes;
        this.afterwards = afterwards;
        this.owner = Thread.ofPlatform().name("luthier-generate").daemon().start(this::serve);
    }

    /** The model of a directory. Where its weights have this type already they are mapped, not copied. */
    public static Generator load(ModelDirectory base, Dtype dtype) {
        TextTokenizer tokenizer = base.tokenizer();
        try {
            return new Generator(base.decoder(dtype), id -> bytes(tokenizer, id), tokenizer::close);
        } catch (RuntimeException failed) {
            tokenizer.close();
            throw failed;
        }
    }

    private static byte[] bytes(TextTokenizer tokenizer, int id) {
        try {
            return tokenizer.bytes(id);
        } catch (IllegalArgumentException _) {
            // Embeddings are often padded to a round number of rows; nothing was ever meant by the last ones.
            return new byte[0];
        }
    }

    public DecoderSpec spec() {
        return decoder.spec();
    }

    /** Reads a tuned model over this base, its adapter or its changed weights; detach it when the tuned model is gone. */
    public AdapterHandle attach(Path directory) {
        return AdapterHandle.read(directory, decoder);
    }

    /** Running answers of this adapter finish; new ones are refused. */
    public void detach(AdapterHandle adapter) {
        adapter.release();
    }

    /**
     * Generates and returns the whole answer; the listener hears of it piece by piece on this thread meanwhile.
     *
     * <p>{@code UserError(CONTEXT_LENGTH_EXCEEDED)} where the prompt leaves no room for a token.
     */
    public Generation generate(GenerationRequest request, TokenListener listener) {
        requireRoom(request.prompt().length);
        request.adapter().ifPresent(AdapterHandle::acquire);
        Decode decode = new Decode(request, decoder, bytes);
        arriving.add(decode);
        if (closing) {
            // The owner may have emptied the queue before this request came in.
            refuseArriving();
        }
        try {
            return listen(decode, listener);
        } finally {
            decode.abandon();
        }
    }

    private static Generation listen(Decode decode, TokenListener listener) {
        while (true) {
            try {
                switch (decode.outputs().take()) {
                    case Decode.Output.Text text -> listener.hear(text.piece());
                    case Decode.Output.Done done -> {
                        return done.generation();
                    }
                    case Decode.Output.Failed failed -> throw rethrown(failed.cause());
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new Unavailable(ErrorCode.UNAVAILABLE, null, "The request was interrupted.", interrupted);
            }
        }
    }

    private static RuntimeException rethrown(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return (RuntimeException) cause;
    }

    private void requireRoom(int prompt) {
        int context = decoder.spec().context();
        if (prompt >= context) {
            throw new UserError(
                    ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    "messages",
                    "This model's maximum context length is " + context + " tokens. However, your messages resulted in "
                            + prompt + " tokens. Please reduce the length of the messages.");
        }
    }

    /** The life of the model's thread: take in what has arrived, give every running request one turn. */
    private void serve() {
        Deque<Decode> running = new ArrayDeque<>();
        while (!closing) {
            takeIn(running);
            for (int turns = running.size(); turns > 0 && !closing; turns--) {
                Decode next = running.removeFirst();
                if (next.turn()) {
                    running.addLast(next);
                } else {
                    next.close();
                }
            }
        }
        running.forEach(Generator::refuse);
        refuseArriving();
    }

    private void takeIn(Deque<Decode> running) {
        try {
            if (running.isEmpty()) {
                running.add(arriving.take());
            }
            arriving.drainTo(running);
        } catch (InterruptedException closed) {
            closing = true;
        }
    }

    private void refuseArriving() {
        for (@Nullable Decode decode = arriving.poll(); decode != null; decode = arriving.poll()) {
            refuse(decode);
        }
    }

    private static void refuse(Decode decode) {
        decode.fail(
                new Unavailable(ErrorCode.UNAVAILABLE, null, "The model is being unloaded. Try again in a moment."));
        decode.close();
    }

    /** Stops the model's thread, then releases the weights. */
    @Override
    public void close() {
        closing = true;
        owner.interrupt();
        boolean interrupted = false;
        while (owner.isAlive()) {
            try {
                owner.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        refuseArriving();
        decoder.close();
        afterwards.run();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
