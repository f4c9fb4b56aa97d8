package ai.luthier.engine.fast;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * One pre-norm layer, forward and backward.
 *
 * <pre>
 *   n = norm(x)       q, k, v = turned projections of n      a = attention(q, k, v)      y = x + O·a
 *   l = norm(y)       g, u = projections of l                m = silu(g) ⊙ u             z = y + Down·m
 * </pre>
 *
 * <p>A narrow layer (the last one) computes q, a, y and everything after only for the {@code n} outputs.
 */
final class FastLayer implements AutoCloseable {

    private final FastOptions options;
    private final boolean narrow;
    private final boolean inputNeeded;
    private final long headWidth;
    private final RmsNormKernel attentionNorm;
    private final Bundle attentionIn;
    private final Bundle output;
    private final RmsNormKernel feedForwardNorm;
    private final Bundle feedForwardIn;
    private final Bundle down;
    private final List<Tensor> owned = new ArrayList<>();

    /** {@code lowest}: nothing below this layer is trained, so no gradient has to reach its input. */
    FastLayer(
            FrozenWeights weights,
            LoraAdapter adapter,
            int index,
            boolean narrow,
            boolean lowest,
            FastOptions options) {
        this.options = options;
        this.narrow = narrow;
        this.inputNeeded = !lowest;
        this.headWidth = weights.headWidth();
        boolean stacked = options.stackedProducts();
        this.attentionNorm = norm(weights, weights.attentionNorm(index));
        this.attentionIn = attentionIn(weights, adapter, index);
        this.output = Bundle.of(new StackedLinear(weights, adapter, index, List.of(Projection.OUTPUT), stacked));
        this.feedForwardNorm = norm(weights, weights.feedForwardNorm(index));
        this.feedForwardIn = stacked
                ? Bundle.of(new StackedLinear(weights, adapter, index, List.of(Projection.GATE, Projection.UP), true))
                : Bundle.of(
                        new StackedLinear(weights, adapter, index, List.of(Projection.GATE), false),
                        new StackedLinear(weights, adapter, index, List.of(Projection.UP), false));
        this.down = Bundle.of(new StackedLinear(weights, adapter, index, List.of(Projection.DOWN), stacked));
    }

    private Bundle attentionIn(FrozenWeights weights, LoraAdapter adapter, int index) {
        boolean stacked = options.stackedProducts();
        List<List<Projection>> groups = !stacked
                ? List.of(List.of(Projection.KEY), List.of(Projection.VALUE), List.of(Projection.QUERY))
                : narrow
                        ? List.of(List.of(Projection.KEY, Projection.VALUE), List.of(Projection.QUERY))
                        : List.of(List.of(Projection.QUERY, Projection.KEY, Projection.VALUE));
        return new Bundle(groups.stream()
                .map(group -> new Bundle.Member(
                        new StackedLinear(weights, adapter, index, group, stacked),
                        narrow && group.contains(Projection.QUERY)))
                .toList());
    }

    private RmsNormKernel norm(FrozenWeights weights, Tensor weight) {
        try (PointerScope _ = new PointerScope()) {
            Tensor wide = Scopes.retain(weight.to(ScalarType.Float));
            owned.add(wide);
            return new RmsNormKernel(weight, wide, weights.normEpsilon());
        }
    }

    void refresh() {
        for (Bundle bundle : List.of(attentionIn, output, feedForwardIn, down)) {
            bundle.refresh();
        }
    }

    /** The next residual stream, {@code [m, d]}, and what the way back needs, where {@code tapes} asks for it. */
    Tensor forward(Tensor x, Geometry geometry, @Nullable List<LayerTape> tapes) {
        Geometry.Queries queries = narrow ? geometry.atOutputs() : geometry.everywhere();
        Tensor inverse = attentionNorm.inverse(x); // [T, 1]
        Tensor n = attentionNorm.apply(x, inverse); // [T, d]
        Bundle.Products in = attentionIn.forward(n, geometry.outputs());
        Tensor q = Rotation.apply(queries.turn(), heads(in.of(Projection.QUERY))); // [m, H, h]
        Tensor k = Rotation.apply(geometry.keyTurn(), heads(in.of(Projection.KEY))); // [T, K, h]
        Tensor v = heads(in.of(Projection.VALUE)).contiguous(); // [T, K, h]
        List<Tensor> weights = tapes != null && options.keptScores() ? new ArrayList<>() : null;
        Tensor a = RowAttention.forward(q, k, v, queries.rows(), weights); // [m, H·h]
        Bundle.Products out = output.forward(a, null);
        Tensor y = rows(x, geometry).add(out.of(Projection.OUTPUT)); // [m, d]

        Tensor middleInverse = feedForwardNorm.inverse(y); // [m, 1]
        Tensor l = feedForwardNorm.apply(y, middleInverse); // [m, d]
        Bundle.Products feed = feedForwardIn.forward(l, null);
        Tensor g = feed.of(Projection.GATE); // [m, f]
        Tensor u = feed.of(Projection.UP); // [m, f]
        Tensor activated = torch.silu(g); // [m, f]
        Tensor m = activated.mul(u); // [m, f]
        Bundle.Products result = down.forward(m, null);
        if (tapes != null) {
            boolean kept = options.keptProducts();
            tapes.add(new LayerTape(
                    inverse,
                    kept ? n : null,
                    in.lowRanks(),
                    q,
                    k,
                    v,
                    weights,
                    a,
                    out.lowRanks(),
                    y,
                    middleInverse,
                    kept ? l : null,
                    feed.lowRanks(),
                    g,
                    u,
                    kept ? activated : null,
                    kept ? m : null,
                    result.lowRanks()));
        }
        return y.add(result.of(Projection.DOWN)); // [m, d]
    }

    /**
     * Adds to the adapter's gradients, and returns the gradient of {@code x}, {@code [T, d]}, from that of the result, {@code [m, d]};
     * null in the lowest layer.
     */
    @Nullable
    Tensor backward(Tensor x, LayerTape tape, Geometry geometry, Tensor dz) {
        Tensor dy = feedForwardBackward(tape, dz); // [m, d]
        return attentionBackward(x, tape, geometry, dy);
    }

    private Tensor feedForwardBackward(LayerTape tape, Tensor dz) {
        long rows = dz.size(0);
        Tensor activated = tape.activated() != null ? tape.activated() : torch.silu(tape.gate()); // [m, f]
        Tensor m = tape.gated() != null ? tape.gated() : activated.mul(tape.up()); // [m, f]
        Bundle.Products outer = down.room(rows, rows);
        outer.of(Projection.DOWN).copy_(dz);
        Tensor dm = needed(down.backward(m, tape.downRanks(), outer, true, null)); // [m, f]

        Bundle.Products inner = feedForwardIn.room(rows, rows);
        GatedProduct.backward(
                tape.gate(), activated, tape.up(), dm, inner.of(Projection.GATE), inner.of(Projection.UP));
        Tensor l = tape.middleNormed() != null
                ? tape.middleNormed()
                : feedForwardNorm.apply(tape.middle(), tape.middleInverse()); // [m, d]
        Tensor dl = needed(feedForwardIn.backward(l, tape.feedForwardRanks(), inner, true, null)); // [m, d]
        Tensor dy = dz.clone(); // [m, d]
        feedForwardNorm.backward(tape.middle(), tape.middleInverse(), dl, dy);
        return dy;
    }

    private @Nullable Tensor attentionBackward(Tensor x, LayerTape tape, Geometry geometry, Tensor dy) {
        Geometry.Queries queries = narrow ? geometry.atOutputs() : geometry.everywhere();
        Dtype dtype = Dtype.of(x);
        Bundle.Products outer = output.room(dy.size(0), dy.size(0));
        outer.of(Projection.OUTPUT).copy_(dy);
        Tensor da = needed(output.backward(tape.mixed(), tape.outputRanks(), outer, true, null)); // [m, H·h]

        Tensor dq = Tensors.empty(dtype, Tensors.shape(tape.query())); // [m, H, h]
        Tensor dk = torch.zeros_like(tape.key()); // [T, K, h]
        Tensor dv = torch.zeros_like(tape.value()); // [T, K, h]
        RowAttention.backward(tape.query(), tape.key(), tape.value(), queries.rows(), tape.weights(), da, dq, dk, dv);
        Bundle.Products inner = attentionIn.room(x.size(0), dy.size(0));
        Rotation.backward(queries.turn(), dq, heads(inner.of(Projection.QUERY)));
        Rotation.backward(geometry.keyTurn(), dk, heads(inner.of(Projection.KEY)));
        heads(inner.of(Projection.VALUE)).copy_(dv);
        Tensor n = tape.normed() != null ? tape.normed() : attentionNorm.apply(x, tape.inverse()); // [T, d]
        Tensor dn = attentionIn.backward(n, tape.attentionRanks(), inner, inputNeeded, geometry.outputs()); // [T, d]
        if (dn == null) {
            return null;
        }
        Tensor dx = narrow // [T, d]
                ? torch.zeros_like(x).index_add_(0, geometry.outputs(), dy)
                : dy;
        attentionNorm.backward(x, tape.inverse(), dn, dx);
        return dx;
    }

    private Tensor rows(Tensor x, Geometry geometry) {
        return narrow ? x.index_select(0, geometry.outputs()) : x; // [m, d]
    }

    private Tensor heads(Tensor projected) {
        return projected.view(projected.size(0), -1, headWidth);
    }

    private static Tensor needed(@Nullable Tensor gradient) {
        if (gradient == null) {
            throw new IllegalStateException("a gradient that was asked for is missing");
        }
        return gradient;
    }

    @Override
    public void close() {
        for (Bundle bundle : List.of(attentionIn, output, feedForwardIn, down)) {
            bundle.close();
        }
        owned.forEach(Tensor::close);
    }
}
