package ai.luthier.engine.fast;

import ai.luthier.engine.tensor.Scopes;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One forward pass and its way back.
 *
 * <p>Every layer's input is kept, and its {@link LayerTape}; with {@code recompute} the tape is made again when the backward
 * pass reaches the layer: the memory of one layer instead of all, for about a third more work. Closed by its
 * owner, within the scope in which it was made.
 */
public final class FastPass implements AutoCloseable {

    private final FastDecoder decoder;
    private final Geometry geometry;
    private final boolean recompute;
    private final List<Tensor> inputs = new ArrayList<>(); // of every layer, and the last one's result
    private final List<LayerTape> tapes = new ArrayList<>();
    private final Tensor inverse; // [n, 1] of the final norm
    private final Tensor hidden; // [asked, d]

    /** Runs forward. */
    FastPass(FastDecoder decoder, Geometry geometry, boolean recompute) {
        this.decoder = decoder;
        this.geometry = geometry;
        this.recompute = recompute;
        inputs.add(Scopes.retain(decoder.embed(geometry)));
        for (FastLayer layer : decoder.layers()) {
            try (PointerScope _ = new PointerScope()) {
                inputs.add(Scopes.retain(layer.forward(inputs.getLast(), geometry, recompute ? null : tapes)));
            }
        }
        try (PointerScope _ = new PointerScope()) {
            Tensor last = decoder.lastOutputs(inputs.getLast(), geometry); // [n, d]
            this.inverse = Scopes.retain(decoder.finalNorm().inverse(last));
            Tensor normed = decoder.finalNorm().apply(last, inverse); // [n, d]
            this.hidden = Scopes.retain(normed.index_select(0, geometry.picks()));
        }
    }

    /** Hidden states after the final norm of the tokens that were asked for, {@code [asked, d]}, in their order. */
    public Tensor hidden() {
        return hidden;
    }

    /** Adds to the adapter's gradients what follows from this gradient of the hidden states, {@code [asked, d]}. Once. */
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
        decoder.finalNorm().backward(last, inverse, picked, gradient);
        return decoder.scattered(gradient, inputs.getLast(), geometry);
    }

    /** The gradient of layer {@code i}'s input; its tape is released. */
    private Tensor through(int i, Tensor gradient) {
        FastLayer layer = decoder.layers().get(i);
        return Scopes.returning(() -> {
            if (recompute) {
                layer.forward(inputs.get(i), geometry, tapes);
            }
            try (LayerTape tape = tapes.removeLast()) {
                Tensor below = layer.backward(inputs.get(i), tape, geometry, gradient);
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
