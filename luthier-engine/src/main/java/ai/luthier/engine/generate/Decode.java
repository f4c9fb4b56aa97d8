package ai.luthier.engine.generate;

import ai.luthier.api.Internal;
import ai.luthier.engine.generate.Generation.Finish;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.KeyValueCache;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * One answer in the making. The model's thread calls {@link #turn} until it says that nothing is left to do; what comes out goes
 * through a queue to the caller's thread.
 */
final class Decode implements AutoCloseable {

    /** A prompt is read in pieces of so many tokens, so that a long one does not hold up everybody's next token. */
    private static final int PREFILL = 512;

    /** What the caller's thread takes out of the queue. */
    sealed interface Output {

        record Text(TokenListener.Piece piece) implements Output {}

        record Done(Generation generation) implements Output {}

        record Failed(Throwable cause) implements Output {}
    }

    private final GenerationRequest request;
    private final Decoder decoder;
    private final Adapter adapter;
    private final IntFunction<byte[]> bytes;
    private final Sampler sampler;
    private final TextAssembler assembler;
    private final BlockingQueue<Output> outputs = new LinkedBlockingQueue<>();
    private final int limit;
    private final List<Integer> ids = new ArrayList<>();
    private final List<TokenLogprob> logprobs = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable KeyValueCache cache;
    private int read;
    private int told;
    private volatile boolean abandoned;

    /** @param bytes of a token, empty for control tokens */
    Decode(GenerationRequest request, Decoder decoder, IntFunction<byte[]> bytes) {
        this.request = request;
        this.decoder = request.adapter().flatMap(AdapterHandle::decoder).orElse(decoder);
        this.adapter = request.adapter().map(AdapterHandle::adapter).orElse(Adapter.NONE);
        this.bytes = bytes;
        this.sampler = new Sampler(request.sampling());
        this.assembler = new TextAssembler(request.stop());
        this.limit = Math.min(request.maxTokens(), decoder.spec().context() - request.prompt().length);
    }

    BlockingQueue<Output> outputs() {
        return outputs;
    }

    /** Called by the caller's thread when it wants no more. */
    void abandon() {
        abandoned = true;
    }

    /** Does one piece of work: a part of the prompt, or one token. Returns whether there is more. */
    boolean turn() {
        try {
            return Scopes.withoutGradients(this::work);
        } catch (RuntimeException | Error failed) {
            outputs.add(new Output.Failed(failed));
            return false;
        }
    }

    void fail(RuntimeException cause) {
        outputs.add(new Output.Failed(cause));
    }

    private boolean work() {
        if (abandoned || request.cancelled().getAsBoolean()) {
            return finish(Finish.CANCELLED);
        }
        if (ids.size() >= limit) {
            return finish(Finish.LENGTH);
        }
        if (read < request.prompt().length - PREFILL && !decoder.spec().dependsOnLength()) {
            forward(Arrays.copyOfRange(request.prompt(), read, read + PREFILL));
            return true;
        }
        int[] fresh = ids.isEmpty()
                ? Arrays.copyOfRange(request.prompt(), read, request.prompt().length)
                : new int[] {ids.getLast()};
        float[] scores = forward(fresh);
        float[] own = request.topLogprobs() < 0 ? scores : scores.clone();
        int id = sampler.next(scores);
        if (request.stopIds().contains(id)) {
            return finish(Finish.STOP);
        }
        ids.add(id);
        if (request.topLogprobs() >= 0) {
            logprobs.add(Sampler.logprob(own, id, request.topLogprobs()));
        }
        tell(assembler.add(bytes.apply(id)));
        return assembler.stopped() ? finish(Finish.STOP) : true;
    }

    /** Reads the tokens and returns the scores of the one that follows, [V]. */
    private float[] forward(int[] next) {
        try (var _ = new PointerScope()) {
            if (cache == null) {
                cache = new KeyValueCache(decoder.spec(), decoder.dtype(), request.prompt().length + limit);
            }
            int[] fresh = next;
            if (decoder.spec().rereads(cache.length(), cache.length() + next.length)) {
                cache.truncate(0);
                fresh = everything();
            }
            Tensor hidden = decoder.hidden(Rows.of(fresh), adapter, List.of(cache)); // [t, d]
            read += next.length;
            Tensor last = hidden.narrow(0, fresh.length - 1, 1); // [1, d]
            float[] scores = Tensors.toFloats(decoder.logits(last).to(ScalarType.Float));
            if (Float.isNaN(scores[0])) {
                throw new Internal(
                        ai.luthier.api.ErrorCode.INTERNAL,
                        null,
                        "The model's scores are not numbers. Its weights are damaged, or they overflow in "
                                + decoder.dtype().setting() + ".");
            }
            return scores;
        }
    }

    private int[] everything() {
        IntStream generated = ids.stream().mapToInt(Integer::intValue);
        return IntStream.concat(Arrays.stream(request.prompt()), generated).toArray();
    }

    private boolean finish(Finish finish) {
        boolean before = assembler.stopped();
        String rest = finish == Finish.CANCELLED ? "" : assembler.finish();
        // The last bytes of an answer can still complete a stop string.
        Finish reason = !before && assembler.stopped() ? Finish.STOP : finish;
        tell(rest);
        outputs.add(new Output.Done(new Generation(ids, text.toString(), reason, logprobs)));
        return false;
    }

    private void tell(String piece) {
        if (piece.isEmpty() && told == ids.size()) {
            return;
        }
        text.append(piece);
        List<TokenLogprob> fresh = logprobs.isEmpty() ? List.of() : logprobs.subList(told, ids.size());
        outputs.add(new Output.Text(new TokenListener.Piece(piece, ids.subList(told, ids.size()), fresh)));
        told = ids.size();
    }

    @Override
    public void close() {
        if (cache != null) {
            cache.close();
        }
        request.adapter().ifPresent(AdapterHandle::release);
    }
}
