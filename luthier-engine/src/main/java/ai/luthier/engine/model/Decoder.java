package ai.luthier.engine.model;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A decoder-only transformer: from token ids to hidden states, and from hidden states to logits.
 *
 * <p>Rows lie side by side in one {@code [T, d]} matrix. All linear work is done on the whole matrix, attention inside each row;
 * so a row's result does not depend on its neighbours, and nothing is computed for padding.
 *
 * <p>A forward pass records for autograd whatever asks for a gradient: the factors of an adapter, or the weights themselves
 * when they are {@linkplain DecoderWeights#trainable trainable}. Generation wraps its calls in
 * {@link Scopes#withoutGradients}. Several threads may run forward passes at once, each in scopes of its own.
 */
public final class Decoder implements AutoCloseable {

    private final DecoderWeights weights;
    private final Dtype dtype;
    private final List<Layer> layers = new ArrayList<>();
    private final Norm finalNorm;
    private final Tensor embedding; // [V, d]
    private final Tensor head; // [V, d]

    /** A decoder over these weights, which it owns from now on. */
    public Decoder(DecoderWeights weights) {
        this.weights = weights;
        this.dtype = weights.dtype();
        DecoderSpec spec = weights.spec();
        for (int i = 0; i < spec.layers(); i++) {
            layers.add(Layer.of(weights, i));
        }
        this.finalNorm = Norm.of(weights, spec.names().finalNorm());
        this.embedding = weights.get(WeightNames.embedding(spec));
        this.head = spec.tiedHead() ? embedding : weights.get(WeightNames.head(spec));
    }

    public DecoderSpec spec() {
        return weights.spec();
    }

    public DecoderWeights weights() {
        return weights;
    }

    /** The type in which it computes: that of its weights. */
    public Dtype dtype() {
        return dtype;
    }

    /** The output head, {@code [V, d]}; the embedding where the two are tied. */
    public Tensor head() {
        return head;
    }

    /** Hidden states after the final norm, {@code [T, d]}; row {@code starts[i]} belongs to the first token of row i. */
    public Tensor hidden(Rows rows, Adapter adapter) {
        return hidden(rows, adapter, List.of());
    }

    /**
     * Hidden states of tokens that continue rows already in caches, {@code [T, d]}. The caches, one for each row in order,
     * hold the new tokens afterwards.
     */
    public Tensor hidden(Rows rows, Adapter adapter, List<KeyValueCache> caches) {
        requireKnown(rows.ids());
        if (!caches.isEmpty() && caches.size() != rows.count()) {
            throw new IllegalArgumentException(caches.size() + " caches for " + rows.count() + " rows");
        }
        for (int row = 0; row < caches.size(); row++) {
            caches.get(row).requireRoom(rows.length(row));
        }
        requirePlaces(rows, caches);
        Tensor result = Scopes.returning(() -> run(rows, adapter, caches));
        for (int row = 0; row < caches.size(); row++) {
            caches.get(row).advance(rows.length(row));
        }
        return result;
    }

    /**
     * A forward pass with its way back. {@code recompute} trades a third more work for the memory of a single layer; the
     * results are the same.
     */
    public TrainingPass trainingPass(Rows rows, Adapter adapter, boolean recompute) {
        return trainingPass(rows, adapter, recompute, 0, null);
    }

    /**
     * The same from a layer on, whose input is known: nothing below is computed, and nothing goes back below the lowest layer with
     * something to train.
     *
     * @param from the first layer that is computed
     * @param states its input, {@code [T, d]}, as {@link #below} gives it; null for 0
     */
    public TrainingPass trainingPass(Rows rows, Adapter adapter, boolean recompute, int from, @Nullable Tensor states) {
        requireKnown(rows.ids());
        requirePlaces(rows, List.of());
        if (!recompute) {
            return new KeptPass(Scopes.returning(() -> {
                Pass pass = new Pass(spec(), dtype, rows, adapter, List.of());
                return finalNorm.apply(through(from, layers.size(), start(pass, states), pass));
            }));
        }
        Pass pass = new Pass(spec(), dtype, rows, adapter, List.of());
        List<UnaryOperator<Tensor>> stages = new ArrayList<>();
        layers.subList(from, layers.size()).forEach(layer -> stages.add(x -> layer.apply(x, pass)));
        stages.add(finalNorm::apply);
        return new RecomputedPass(start(pass, states), stages, Math.max(0, lowestTrained(adapter) - from));
    }

    /** The input of a layer, {@code [T, d]}, without gradients and without an adapter. */
    public Tensor below(Rows rows, int layer) {
        requireKnown(rows.ids());
        requirePlaces(rows, List.of());
        return Scopes.withoutGradients(() -> Scopes.returning(() -> {
            Pass pass = new Pass(spec(), dtype, rows, Adapter.NONE, List.of());
            return through(0, layer, embed(pass), pass);
        }));
    }

    /** The lowest layer to which a gradient has to reach: 0 where the embedding is trained, the number of layers where only the end is. */
    public int lowestTrained(Adapter adapter) {
        int ofWeights = weights.lowestTrained();
        for (int layer = 0; layer < ofWeights; layer++) {
            for (Projection projection : Projection.of(spec())) {
                if (adapter.change(layer, projection).isPresent()) {
                    return layer;
                }
            }
        }
        return ofWeights;
    }

    private Tensor start(Pass pass, @Nullable Tensor states) {
        return states == null ? embed(pass) : states;
    }

    private Tensor through(int from, int to, Tensor x, Pass pass) {
        Tensor result = x;
        for (Layer layer : layers.subList(from, to)) {
            Tensor before = result;
            result = Scopes.returning(() -> layer.apply(before, pass)); // [T, d]
        }
        return result;
    }

    private Tensor embed(Pass pass) {
        EndsSpec ends = spec().ends();
        Tensor x = torch.embedding(embedding, Tensors.ids(pass.rows().ids())); // [T, d]
        if (ends.embeddingScale() != 1) {
            Tensor scale = Tensors.floats(new float[] {(float) ends.embeddingScale()}, 1); // rounded as the weights are
            x = x.mul(scale.to(dtype.scalarType()));
        }
        if (ends.learnedPositions()) {
            Tensor table = weights.get(WeightNames.positions(spec())); // [context, d]
            x = x.add(torch.embedding(table, Tensors.ids(pass.places().positions())));
        }
        return x;
    }

    private Tensor run(Rows rows, Adapter adapter, List<KeyValueCache> caches) {
        Pass pass = new Pass(spec(), dtype, rows, adapter, caches);
        return finalNorm.apply(through(0, layers.size(), embed(pass), pass));
    }

    /** {@code [n, d]} to scores of the next token, {@code [n, V]}, in the decoder's type. */
    public Tensor logits(Tensor hidden) {
        Tensor scores = torch.linear(hidden, head); // [n, V]
        double cap = spec().ends().softCap();
        return cap == 0 ? scores : SoftCap.apply(scores, cap);
    }

    /**
     * The way back through what follows the head's product: the gradient of {@code hidden·Eᵀ} from that of the logits.
     *
     * @param logits {@code [n, V]}, as {@link #logits} gave them
     * @param gradient {@code [n, V]} of them
     */
    public Tensor productGradient(Tensor logits, Tensor gradient) {
        double cap = spec().ends().softCap();
        return cap == 0 ? gradient : SoftCap.gradient(logits, gradient, cap);
    }

    private void requireKnown(int[] ids) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= spec().vocabulary()) {
                throw new IllegalArgumentException(
                        "token " + i + " has the id " + ids[i] + "; the model knows [0, " + spec().vocabulary() + ")");
            }
        }
    }

    /** A learned embedding of positions ends where the context ends. */
    private void requirePlaces(Rows rows, List<KeyValueCache> caches) {
        int longest = Places.of(rows, caches).mostSeen();
        if (spec().ends().learnedPositions() && longest > spec().context()) {
            throw new IllegalArgumentException("a row of " + longest + " tokens is longer than the model's "
                    + spec().context() + " learned positions");
        }
    }

    @Override
    public void close() {
        weights.close();
    }
}
