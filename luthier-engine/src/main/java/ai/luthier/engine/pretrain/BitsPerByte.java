package ai.luthier.engine.pretrain;

import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.pretrain.NextTokenLoss.Targets;
import ai.luthier.engine.tensor.Scopes;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;

/**
 * How many bits a model needs for each byte of a text: the negative base-2 logarithm of the text's probability, divided by its
 * length in UTF-8. Unlike the loss per token it compares models with different tokenizers.
 *
 * <p>Not thread-safe.
 */
public final class BitsPerByte {

    private final Decoder decoder;
    private double nats;
    private long bytes;

    public BitsPerByte(Decoder decoder) {
        this.decoder = decoder;
    }

    /**
     * Adds one text.
     *
     * @param start the token that begins a text for this model; it is given, not predicted
     * @param ids of the text, without any control token; start and ids fit the model's context
     * @param utf8Bytes of the text
     */
    public void add(int start, int[] ids, int utf8Bytes) {
        int[] row = IntStream.concat(IntStream.of(start), Arrays.stream(ids)).toArray();
        var targets = new Targets(IntStream.range(0, ids.length).toArray(), ids);
        nats += Scopes.withoutGradients(() -> {
            try (var _ = new PointerScope()) {
                return NextTokenLoss.sum(decoder, decoder.hidden(Rows.of(row), Adapter.NONE), targets);
            }
        });
        bytes += utf8Bytes;
    }

    /** Over everything added so far. */
    public double value() {
        return nats / Math.log(2) / bytes;
    }
}
