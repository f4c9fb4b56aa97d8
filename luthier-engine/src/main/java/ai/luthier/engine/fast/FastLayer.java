package ai.luthier.engine.fast;

import ai.luthier.engine.model.LayerSpec;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.model.WeightNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * One pre-norm layer, forward and backward.
 *
 * <pre>
 *   n = norm(x)       q, k, v = turned projections of n      a = attention(q, k, v)      y = x + O·a
 *   l = norm(y)       g, u = projections of l                m = silu(g) ⊙ u             z = y + Down·m
 * </pre>
 *
 * <p>Where a family does so, every head of q and k is {@linkplain HeadNorm normed} before it is turned.
 *
 * <p>A narrow layer (the last one) computes q, a, y and everything after only for the {@code n} outputs.
 */
final class FastLayer implements AutoCloseable {

    private final boolean narrow;
    private final boolean stacked;
    private final boolean normTrained;
    private final boolean inputNeeded;
    private final LayerSpec kind;
    private final double softCap;
    private final HeadLayout heads;
    private final HeadNorm queryNorm;
    private final HeadNorm keyNorm;
    private final RmsNormKernel attentionNorm;
    private final Bundle attentionIn;
    private final Bundle output;
    private final RmsNormKernel feedForwardNorm;
    private final Bundle feedForwardIn;
    private final Bundle down;

    /** {@code lowest}: nothing below this layer is trained, so no gradient has to reach its input. */
    FastLayer(
            FrozenWeights weights,
            Learnt learnt,
            int index,
            boolean narrow,
            boolean lowest,
            FastOptions options,
            Scratch scratch) {
        this.narrow = narrow;
        this.inputNeeded = !lowest;
        this.normTrained = learnt.weightsOf(index);
        this.kind = weights.spec().layer(index);
        this.softCap = weights.spec().attention().softCap();
        this.heads = weights.heads();
        this.queryNorm = headNorm(weights, learnt, weights.queryNorm(index), scratch);
        this.keyNorm = headNorm(weights, learnt, weights.keyNorm(index), scratch);
        this.stacked = options.has(Optimisation.STACKED_PRODUCTS) && !learnt.weightsOf(index);
        this.attentionNorm = norm(weights, learnt, WeightNames.attentionNorm(weights.spec(), index), scratch);
        this.attentionIn = attentionIn(weights, learnt, index);
        this.output = Bundle.of(new StackedLinear(weights, learnt, index, List.of(Projection.OUTPUT), stacked));
        this.feedForwardNorm = norm(weights, learnt, WeightNames.feedForwardNorm(weights.spec(), index), scratch);
        this.feedForwardIn = stacked
                ? Bundle.of(new StackedLinear(weights, learnt, index, List.of(Projection.GATE, Projection.UP), true))
                : Bundle.of(
                        new StackedLinear(weights, learnt, index, List.of(Projection.GATE), false),
                        new StackedLinear(weights, learnt, index, List.of(Projection.UP), false));
        this.down = Bundle.of(new StackedLinear(weights, learnt, index, List.of(Projection.DOWN), stacked));
    }

    private static RmsNormKernel norm(FrozenWeights weights, Learnt learnt, String name, Scratch scratch) {
        return new RmsNormKernel(weights.get(name), learnt.gradient(name), weights.normEpsilon(), scratch);
    }

    private HeadNorm headNorm(FrozenWeights weights, Learnt learnt, @Nullable String name, Scratch scratch) {
        return new HeadNorm(name == null ? null : norm(weights, learnt, name, scratch), heads.width());
    }

    private Bundle attentionIn(FrozenWeights weights, Learnt learnt, int index) {
        List<List<Projection>> groups = !stacked
                ? List.of(List.of(Projection.KEY), List.of(Projection.VALUE), List.of(Projection.QUERY))
                : narrow
                        ? List.of(List.of(Projection.KEY, Projection.VALUE), List.of(Projection.QUERY))
                        : List.of(List.of(Projection.QUERY, Projection.KEY, Projection.VALUE));
        return new Bundle(groups.stream()
                .map(group -> new Bundle.Member(
                        new StackedLinear(weights, learnt, index, group, stacked),
                        narrow && group.contains(Projection.QUERY)))
                .toList());
    }

    /** Those of all adapted projections together. */
    long ranks() {
        return Stream.of(attentionIn, output, feedForwardIn, down)
                .flatMap(bundle -> bundle.members().stream())
                .mapToLong(member -> member.linear().ranks())
                .sum();
    }

    void refresh() {
        for (Bundle bundle : List.of(attentionIn, output, feedForwardIn, down)) {
            bundle.refresh();
        }
        attentionNorm.refresh();
        feedForwardNorm.refresh();
        queryNorm.refresh();
        keyNorm.refresh();
    }

    /**
     * The next residual stream, {@code [m, d]}.
     *
     * @param tapes takes what the way back needs; null where there is none
     * @param kept what of that is kept instead of computed again
     */
    Tensor forward(Tensor x, Geometry geometry, @Nullable List<LayerTape> tapes, Set<Kept> kept) {
        Geometry.InLayer here = geometry.in(kind);
        Geometry.Queries queries = narrow ? here.atOutputs() : here.everywhere();
        Tensor inverse = attentionNorm.inverse(x); // [T, 1]
        Tensor n = attentionNorm.apply(x, inverse); // [T, d]
        Bundle.Products in = attentionIn.forward(n, geometry.outputs());
        HeadNorm.Tape normOfQuery = queryNorm.tape(in.of(Projection.QUERY));
        HeadNorm.Tape normOfKey = keyNorm.tape(in.of(Projection.KEY));
        Tensor q = heads.turned(queries.turn(), queryNorm.apply(in.of(Projection.QUERY), normOfQuery)); // [K, m·G, h]
        Tensor k = heads.turned(here.keyTurn(), keyNorm.apply(in.of(Projection.KEY), normOfKey)); // [K, T, h]
        Tensor v = heads.headsFirst(in.of(Projection.VALUE)); // [K, T, h]
        boolean keptScores = tapes != null && kept.contains(Kept.SCORES);
        List<Tensor> weights = keptScores ? new ArrayList<>() : null;
        Tensor a = heads.rows(RowAttention.forward(q, k, v, queries, softCap, weights), queries.count()); // [m, H·h]
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
            tapes.add(new LayerTape(
                            inverse,
                            kept.contains(Kept.NORMED) ? n : null,
                            in.lowRanks(),
                            normOfQuery,
                            normOfKey,
                            q,
                            k,
                            v,
                            weights,
                            a,
                            out.lowRanks(),
                            y,
                            middleInverse,
                            kept.contains(Kept.NORMED) ? l : null,
                            feed.lowRanks(),
                            g,
                            u,
                            kept.contains(Kept.ACTIVATED) ? activated : null,
                            kept.contains(Kept.GATED) ? m : null,
                            result.lowRanks())
                    .retained());
        }
        return y.add(result.of(Projection.DOWN)); // [m, d]
    }

    /**
     * Adds to the gradients of what is trained, and returns the gradient of {@code x}, {@code [T, d]}, from that of the result, {@code [m, d]};
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
        Tensor dm = needed(down.backward(m, tape.downRanks(), down.given(dz), true, null)); // [m, f]

        Bundle.Products inner = feedForwardIn.room(rows, rows);
        GatedProduct.backward(
                tape.gate(), activated, tape.up(), dm, inner.of(Projection.GATE), inner.of(Projection.UP));
        Tensor l = tape.middleNormed() != null
                ? tape.middleNormed()
                : feedForwardNorm.apply(tape.middle(), tape.middleInverse()); // [m, d]
        Tensor dl = needed(feedForwardIn.backward(l, tape.feedForwardRanks(), inner, true, null)); // [m, d]
        feedForwardNorm.weightBackward(tape.middle(), tape.middleInverse(), dl);
        Tensor dy = dz.clone(); // [m, d]
        feedForwardNorm.backward(tape.middle(), tape.middleInverse(), dl, dy);
        return dy;
    }

    private @Nullable Tensor attentionBackward(Tensor x, LayerTape tape, Geometry geometry, Tensor dy) {
        Geometry.InLayer here = geometry.in(kind);
        Geometry.Queries queries = narrow ? here.atOutputs() : here.everywhere();
        Tensor da = needed(output.backward(tape.mixed(), tape.outputRanks(), output.given(dy), true, null)); // [m, H·h]

        Tensor dq = torch.empty_like(tape.query()); // [K, m·G, h]
        Tensor dk = torch.zeros_like(tape.key()); // [K, T, h]
        Tensor dv = torch.zeros_like(tape.value()); // [K, T, h]
        RowAttention.backward(
                tape.query(),
                tape.key(),
                tape.value(),
                queries,
                softCap,
                tape.weights(),
                heads.headsFirst(da),
                dq,
                dk,
                dv);
        Bundle.Products inner = attentionIn.room(x.size(0), dy.size(0));
        heads.turnBack(queries.turn(), dq, inner.of(Projection.QUERY));
        heads.turnBack(here.keyTurn(), dk, inner.of(Projection.KEY));
        queryNorm.backward(tape.queryNorm(), inner.of(Projection.QUERY));
        keyNorm.backward(tape.keyNorm(), inner.of(Projection.KEY));
        heads.copy(dv, inner.of(Projection.VALUE));
        Tensor n = tape.normed() != null ? tape.normed() : attentionNorm.apply(x, tape.inverse()); // [T, d]
        Tensor dn = attentionIn.backward(
                n, tape.attentionRanks(), inner, inputNeeded || normTrained, geometry.outputs()); // [T, d]
        if (dn != null) {
            attentionNorm.weightBackward(x, tape.inverse(), dn);
        }
        if (dn == null || !inputNeeded) {
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
        queryNorm.close();
        keyNorm.close();
        attentionNorm.close();
        feedForwardNorm.close();
    }
}
