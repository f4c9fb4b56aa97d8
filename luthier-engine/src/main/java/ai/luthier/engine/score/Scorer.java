package ai.luthier.engine.score;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.KeyValueCache;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Scores rows of tokens under a decoder.
 *
 * <p>A row is read {@value #PIECE} tokens at a time through a cache, and its logits are made for {@value #CHUNK} positions at a
 * time: neither the activations nor the {@code [T, V]} logits of a long row ever exist at once. Where the rope depends on the
 * length of the row, it is read whole. Used by one thread; the decoder stays its owner's.
 */
public final class Scorer {

    static final int PIECE = 1024;
    static final int CHUNK = 256;

    private final Decoder decoder;
    private final Supplier<Adapter> adapter; // of the caller's scope

    /** Scores under the base model. */
    public Scorer(Decoder decoder) {
        this(decoder, () -> Adapter.NONE);
    }

    /** Scores under a tuned model; both stay their owner's. */
    public Scorer(Decoder decoder, LoraAdapter tuned) {
        this(decoder, () -> tuned.in(decoder.dtype()));
    }

    private Scorer(Decoder decoder, Supplier<Adapter> adapter) {
        this.decoder = decoder;
        this.adapter = adapter;
    }

    /** The scores of a row of at least one token; {@link IllegalArgumentException} for ids that the model does not know. */
    public Scores score(int[] ids) {
        return Scopes.withoutGradients(() -> {
            Scores scores = new Scores(new float[ids.length], new int[ids.length]);
            scores.logprobs()[0] = Float.NaN;
            if (ids.length <= PIECE || decoder.spec().dependsOnLength()) {
                try (PointerScope _ = new PointerScope()) {
                    read(decoder.hidden(Rows.of(ids), adapter.get()), 0, ids, scores);
                }
                return scores;
            }
            try (KeyValueCache cache = new KeyValueCache(decoder.spec(), decoder.dtype(), ids.length)) {
                for (int at = 0; at < ids.length; at += PIECE) {
                    int[] piece = Arrays.copyOfRange(ids, at, Math.min(ids.length, at + PIECE));
                    try (PointerScope _ = new PointerScope()) {
                        read(decoder.hidden(Rows.of(piece), adapter.get(), List.of(cache)), at, ids, scores);
                    }
                }
            }
            return scores;
        });
    }

    /**
     * Fills in what follows from hidden states {@code [t, d]}: those of {@code ids[first, first + t)} foretell
     * {@code ids[first + 1, first + t]}.
     */
    private void read(Tensor hidden, int first, int[] ids, Scores scores) {
        long tokens = hidden.size(0);
        for (int at = 0; at < tokens; at += CHUNK) {
            int size = (int) Math.min(CHUNK, tokens - at);
            try (PointerScope _ = new PointerScope()) {
                Tensor logits = decoder.logits(hidden.narrow(0, at, size)).to(ScalarType.Float); // [c, V]
                Tensor normaliser = torch.logsumexp(logits, new long[] {1}, false); // [c]
                int from = first + at;
                int[] next = Arrays.copyOfRange(ids, from + 1, from + 1 + size); // a 0 behind the last token
                Tensor chosen = logits.gather(1, Tensors.ids(next).unsqueeze(1)).squeeze(1); // [c]
                float[] logprobs = Tensors.toFloats(chosen.sub(normaliser));
                System.arraycopy(logprobs, 0, scores.logprobs(), from + 1, Math.min(size, ids.length - from - 1));
                long[] best = Tensors.toLongs(logits.argmax(new LongOptional(1), false)); // [c]
                for (int i = 0; i < size; i++) {
                    scores.top1()[from + i] = (int) best[i];
                }
            }
        }
    }
}
