package ai.luthier.engine.fast;

import ai.luthier.engine.adapter.Trainee;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A decoder of which an adapter or the last layers are trained, made for training: {@link #pass} runs forward and can go back.
 *
 * <p>It computes what {@link Decoder} computes, up to rounding. Where it saves work:
 *
 * <ul>
 *   <li>no graph is recorded; no gradient of a frozen weight, and nothing below the lowest layer with something to train, is computed;
 *       what comes out of the layers below can be {@linkplain #below kept} and given back;
 *   <li>the last layer computes queries and everything after attention only for tokens whose hidden state is asked for;
 *   <li>what several rows begin with is {@linkplain PackedRows computed once}.
 * </ul>
 *
 * <p>Refers to the weights of the decoder and the what is trained, which outlive it.
 */
public final class FastDecoder implements AutoCloseable {

    private final FrozenWeights weights;
    private final FastOptions options;
    private final Tensor embedding; // [V, d]
    private final List<FastLayer> layers = new ArrayList<>();
    private final RmsNormKernel finalNorm;
    private final Scratch scratch;
    private final int lowestTrained;

    public FastDecoder(Decoder decoder, Trainee trainee, FastOptions options) {
        this.weights = new FrozenWeights(decoder.weights());
        this.options = options;
        this.scratch = new Scratch(options.has(Optimisation.REUSED_MEMORY));
        this.embedding = weights.embedding();
        Learnt learnt = new Learnt(trainee, decoder.spec());
        this.lowestTrained = learnt.lowestLayer();
        for (int i = 0; i < weights.layers(); i++) {
            boolean narrow = options.has(Optimisation.NARROW_LAST_LAYER) && i == weights.layers() - 1;
            layers.add(new FastLayer(weights, learnt, i, narrow, i <= lowestTrained, options, scratch));
        }
        this.finalNorm = new RmsNormKernel(
                weights.finalNorm(),
                learnt.gradient(WeightNames.finalNorm(decoder.spec())),
                weights.normEpsilon(),
                scratch);
    }

    /** Takes over what is trained as it is now; call after every update. */
    public void refresh() {
        Scopes.withoutGradients(() -> {
            try (PointerScope _ = new PointerScope()) {
                layers.forEach(FastLayer::refresh);
                finalNorm.refresh();
            }
            return this;
        });
    }

    /**
     * Hidden states of some tokens, and the way back.
     *
     * @param outputs indices of tokens of the rows, at least one
     * @param recompute activations instead of keeping them
     */
    public FastPass pass(Rows rows, long[] outputs, boolean recompute) {
        return pass(rows, outputs, recompute, null);
    }

    /**
     * The same, given what the layers below the lowest trained one make of the rows.
     *
     * @param states {@code [T, d]}, one line for each token of the rows, as {@link #below} gives it; null to compute it
     */
    public FastPass pass(Rows rows, long[] outputs, boolean recompute, @Nullable Tensor states) {
        return pass(rows, outputs, recompute ? 0 : Long.MAX_VALUE, states);
    }

    /**
     * The same, where only so many bytes of activations are kept, and what costs least to compute again is computed again. The inputs
     * of all layers with a way back are kept besides.
     */
    public FastPass pass(Rows rows, long[] outputs, long keptBytes, @Nullable Tensor states) {
        return Scopes.withoutGradients(() -> {
            PackedRows packed = packed(rows);
            Tensor start = states == null ? null : states.index_select(0, Tensors.ids(packed.tokenAt())); // [T', d]
            Geometry geometry = Geometry.of(weights, packed, outputs);
            return new FastPass(this, geometry, keeping(geometry, keptBytes), start);
        });
    }

    /** The input of the lowest trained layer for every token of the rows, {@code [T, d]}. */
    public Tensor below(Rows rows) {
        return Scopes.withoutGradients(() -> Scopes.returning(() -> {
            PackedRows packed = packed(rows);
            Geometry geometry = Geometry.of(weights, packed, new long[] {0});
            return frozenPart(geometry).index_select(0, Tensors.ids(packed.placeOf()));
        }));
    }

    /** The input of the lowest trained layer as the tokens are packed. */
    Tensor frozenPart(Geometry geometry) {
        Tensor x = embed(geometry); // [T', d]
        for (FastLayer layer : layers.subList(0, lowestTrained)) {
            Tensor before = x;
            x = Scopes.returning(() -> layer.forward(before, geometry, null, Set.of())); // [T', d]
        }
        return x;
    }

    /** What each layer from the lowest trained one on keeps. */
    private List<Set<Kept>> keeping(Geometry geometry, long bytes) {
        int trained = layers.size() - lowestTrained;
        return bytes == Long.MAX_VALUE
                ? Collections.nCopies(trained, options.kept())
                : Keeping.within(
                        bytes,
                        weights.spec(),
                        trained,
                        weights.dtype().bytes(),
                        geometry.ids().size(0),
                        geometry.keptScores(),
                        layers.getLast().ranks(),
                        options.kept());
    }

    /** Hidden states of some tokens alone, {@code [n, d]}: nothing is kept for a way back. */
    public Tensor hidden(Rows rows, long[] outputs) {
        return Scopes.withoutGradients(() -> Scopes.returning(() -> {
            Geometry geometry = Geometry.of(weights, packed(rows), outputs);
            Tensor x = embed(geometry); // [T, d]
            for (FastLayer layer : layers) {
                Tensor before = x;
                x = Scopes.returning(() -> layer.forward(before, geometry, null, Set.of())); // [T, d]
            }
            Tensor last = lastOutputs(x, geometry); // [n, d]
            Tensor normed = finalNorm.apply(last, finalNorm.inverse(last)); // [n, d]
            return normed.index_select(0, geometry.picks());
        }));
    }

    /** How many tokens a pass over these rows computes. */
    public int tokens(Rows rows) {
        return packed(rows).tokens();
    }

    private PackedRows packed(Rows rows) {
        return options.has(Optimisation.PREFIX_SHARING) ? PackedRows.shared(rows) : PackedRows.apart(rows);
    }

    Tensor embed(Geometry geometry) {
        return torch.embedding(embedding, geometry.ids()); // [T, d]
    }

    List<FastLayer> layers() {
        return layers;
    }

    RmsNormKernel finalNorm() {
        return finalNorm;
    }

    /** The lowest layer with something to train. */
    public int lowestTrained() {
        return lowestTrained;
    }

    /** The last layer's result at the outputs, {@code [n, d]}, whether it was narrow or not. */
    Tensor lastOutputs(Tensor result, Geometry geometry) {
        return options.has(Optimisation.NARROW_LAST_LAYER) ? result : result.index_select(0, geometry.outputs());
    }

    /** A gradient at the outputs, {@code [n, d]}, as one of the last layer's result. */
    Tensor scattered(Tensor gradient, Tensor result, Geometry geometry) {
        return options.has(Optimisation.NARROW_LAST_LAYER)
                ? gradient
                : torch.zeros_like(result).index_copy_(0, geometry.outputs(), gradient);
    }

    @Override
    public void close() {
        layers.forEach(FastLayer::close);
        finalNorm.close();
        scratch.close();
    }
}
