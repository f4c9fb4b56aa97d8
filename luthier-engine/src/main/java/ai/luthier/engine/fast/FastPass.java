package ai.luthier.engine.fast;

import ai.luthier.engine.tensor.Scopes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * One forward pass and its way back.
 *
 * <p>From the lowest trained layer on every layer's input is kept, and of its {@link LayerTape} what {@link Keeping} says; a tape that
 * was not kept is made again when the backward pass reaches the layer. Keeping none takes the memory of one layer instead of all, for about
 * a third more work. Closed by its owner, within the scope in which it was made.
 */
public final class FastPass implements AutoCloseable {

    private final FastDecoder decoder;
    private final Geometry geometry;
    private final List<Set<Kept>> keeping; // of every layer with a way back
    private final List<Tensor> inputs = new ArrayList<>(); // of every layer with a way back, and the last one's result
    private final List<LayerTape> tapes = new ArrayList<>();
    private final Tensor inverse; // [n, 1] of the final norm
    private final Tensor hidden; // [asked, d]

    /** Runs forward, from the tokens or from the input of the lowest trained layer. */
    FastPass(FastDecoder decoder, Geometry geometry, List<Set<Kept>> keeping, @Nullable Tensor states) {
        this.decoder = decoder;
        this.geometry = geometry;
        this.keeping = keeping;
        try (PointerScope _ = new PointerScope()) {
            inputs.add(Scopes.retain(states == null ? decoder.frozenPart(geometry) : states));
        }
        for (int i = decoder.lowestTrained(); i < decoder.layers().size(); i++) {
            try (PointerScope _ = new PointerScope()) {
                FastLayer layer = decoder.layers().get(i);
                inputs.add(Scopes.retain(layer.forward(inputs.getLast(), geometry, tapeOf(i), kept(i))));
            }
        }
        try (PointerScope _ = new PointerScope()) {
            Tensor last = decoder.lastOutputs(inputs.getLast(), geometry); // [n, d]
            this.inverse = Scopes.retain(decoder.finalNorm().inverse(last));
            Tensor normed = decoder.finalNorm().apply(last, inverse); // [n, d]
            this.hidden = Scopes.retain(normed.index_select(0, geometry.picks()));
        }
    }

    private Set<Kept> kept(int layer) {
        return keeping.get(layer - decoder.lowestTrained());
    }

    /** Bytes of what is kept for the way back, besides the inputs of the layers. */
    long keptBytes() {
        return tapes.stream().mapToLong(LayerTape::bytes).sum();
    }

    private @Nullable List<LayerTape> tapeOf(int layer) {
        return kept(layer).contains(Kept.LAYER) ? tapes : null;
    }

    /** Hidden states after the final norm of the tokens that were asked for, {@code [asked, d]}, in their order. */
    public Tensor hidden() {
        return hidden;
    }

    /** Adds to the gradients of what is trained what follows from this gradient of the hidden states, {@code [asked, d]}. Once. */
    public void backward(Tensor hiddenGradient) {
        Scopes.withoutGradients(() -> {
            try (PointerScope _ = new PointerScope()) {
                Tensor gradient = startAt(hiddenGradient);
                for (int i = decoder.layers().size() - 1; i >= decoder.lowestTrained(); i--) {
                    gradient = through(i, gradient);
                }
            }
            return hiddenGradient;
        });
    }

    private Tensor startAt(Tensor hiddenGradient) {
        Tensor last = decoder.lastOutputs(inputs.getLast(), geometry); // [n, d]
        Tensor gradient = torch.zeros_like(last); // [n, d]
        Tensor picked = torch.zeros_like(last).index_add_(0, geometry.picks(), hiddenGradient); // [n, d]
        decoder.finalNorm().weightBackward(last, inverse, picked);
        decoder.finalNorm().backward(last, inverse, picked, gradient);
        return decoder.scattered(gradient, inputs.getLast(), geometry);
    }

    /** The gradient of layer {@code i}'s input; its tape is released. */
    private Tensor through(int i, Tensor gradient) {
        FastLayer layer = decoder.layers().get(i);
        Tensor input = inputs.get(i - decoder.lowestTrained());
        return Scopes.returning(() -> {
            if (tapeOf(i) == null) {
                layer.forward(input, geometry, tapes, EnumSet.allOf(Kept.class));
            }
            try (LayerTape tape = tapes.removeLast()) {
                Tensor below = layer.backward(input, tape, geometry, gradient);
                return below == null ? gradient : below;
            }
        });
    }

    @Override
    public void close() {
        tapes.forEach(LayerTape::close);
        inputs.forEach(Tensor::close);
        inverse.close();
        hidden.close();
    }
}
