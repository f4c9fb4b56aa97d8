package ai.luthier.engine.fast;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Projections of one input, with their adapters, as one frozen matrix and one matrix of all LoRA factors A.
 *
 * <pre>
 *   Y = X·Wᵀ + b      U = X·Aᵀ      Y_j += s·U_j·B_jᵀ                     for every projection j
 *   dU_j = s·dY_j·B_j      dX = dY·W + dU·A      dA += dUᵀ·X      dB_j += s·dY_jᵀ·U_j
 * </pre>
 *
 * <p>Stacked, {@code W} and {@code A} lie below each other in one {@code [out + R, in]} matrix: one product gives {@code [Y | U]},
 * one turns {@code [dY | dU]} into dX, and the skinny products by A cost what their operations cost. That takes a copy of the
 * frozen weights. No gradient of a frozen W is ever computed; one that is trained itself has no factors, is never stacked, and gets
 *
 * <pre>
 *   dW += dYᵀ·X      db += Σ dY over the rows
 * </pre>
 *
 * <p>{@code R} is the sum of the adapted projections' ranks.
 */
final class StackedLinear implements AutoCloseable {

    private static final long[] ROWS = {0};

    /** One projection: columns {@code [from, from + size)} of Y, and of U {@code [rankFrom, rankFrom + r)} where it is adapted. */
    private record Part(
            Projection projection,
            long from,
            long size,
            long rankFrom,
            @Nullable Factor factor,
            @Nullable Tensor weightGradient,
            @Nullable Tensor biasGradient) {}

    private record Factor(LoraAdapter.Factors slot, Tensor b) {}

    /**
     * Y and U, or their gradients; stacked, both are columns of {@code whole}.
     *
     * @param y {@code [T, out]}
     * @param u {@code [T, R]}
     */
    record Columns(Tensor whole, Tensor y, Tensor u) {}

    private final List<Part> parts = new ArrayList<>();
    private final boolean stacked;
    private final Tensor frozen; // [out, in]
    private final Tensor factorsA; // [R, in]
    private final Tensor whole; // [out + R, in] where stacked
    private final @Nullable Tensor bias; // as many as whole has rows
    private final double scale;
    private final long outputs;
    private final long ranks;
    private final List<Tensor> owned = new ArrayList<>();

    StackedLinear(FrozenWeights weights, Learnt learnt, int layer, List<Projection> projections, boolean stacked) {
        this.scale = learnt.scale();
        this.stacked = stacked;
        Dtype dtype = weights.dtype();
        try (PointerScope _ = new PointerScope()) {
            long row = 0;
            long rank = 0;
            List<Tensor> matrices = new ArrayList<>();
            List<Tensor> biases = new ArrayList<>();
            for (Projection projection : projections) {
                Tensor w = weights.weight(layer, projection); // [out_j, in]
                Tensor b = weights.bias(layer, projection); // [out_j]
                matrices.add(w);
                biases.add(b != null ? b : Tensors.zeros(dtype, w.size(0)));
                Optional<LoraAdapter.Factors> slot = learnt.factors(layer, projection);
                Factor factor = slot.map(s -> new Factor(s, own(Tensors.empty(dtype, Tensors.shape(s.b())))))
                        .orElse(null);
                String path = weights.path(layer, projection);
                parts.add(new Part(
                        projection,
                        row,
                        w.size(0),
                        rank,
                        factor,
                        learnt.gradient(path + ".weight"),
                        learnt.gradient(path + ".bias")));
                row += w.size(0);
                rank += slot.map(s -> s.a().size(0)).orElse(0L);
            }
            this.outputs = row;
            this.ranks = rank;
            Tensor lowRank = Tensors.zeros(dtype, rank, matrices.getFirst().size(1)); // [R, in]
            if (stacked) {
                matrices.add(lowRank);
                this.whole = own(
                        Tensors.concatenate(0, matrices.toArray(Tensor[]::new)).detach());
                this.frozen = own(whole.narrow(0, 0, outputs));
                this.factorsA = own(whole.narrow(0, outputs, ranks));
                biases.add(Tensors.zeros(dtype, ranks));
            } else {
                this.frozen = own(
                        Tensors.concatenate(0, matrices.toArray(Tensor[]::new)).detach());
                this.whole = frozen;
                this.factorsA = own(lowRank);
            }
            boolean biased = projections.stream().anyMatch(projection -> weights.bias(layer, projection) != null);
            this.bias = biased ? own(Tensors.concatenate(0, biases.toArray(Tensor[]::new))) : null;
        }
    }

    private Tensor own(Tensor tensor) {
        owned.add(Scopes.retain(tensor));
        return tensor;
    }

    /** Takes over the adapter's factors as they are now. */
    void refresh() {
        for (Part part : parts) {
            Factor factor = part.factor();
            if (factor != null) {
                rankRows(factorsA, part, factor).copy_(factor.slot().a());
                factor.b().copy_(factor.slot().b());
            }
        }
    }

    /** {@code R}. */
    long ranks() {
        return ranks;
    }

    List<Projection> projections() {
        return parts.stream().map(Part::projection).toList();
    }

    /** {@code [Y | U]} of {@code x} {@code [T, in]}. */
    Columns forward(Tensor x) {
        Columns result = stacked ? columns(product(x)) : separate(product(x), torch.mm(x, factorsA.t()));
        for (Part part : parts) {
            Factor factor = part.factor();
            if (factor != null) {
                of(result, part).addmm_(rank(result, part, factor), factor.b().t(), new Scalar(1.0), new Scalar(scale));
            }
        }
        return result;
    }

    private Tensor product(Tensor x) {
        return bias == null ? torch.mm(x, whole.t()) : torch.addmm(bias, x, whole.t());
    }

    /** Room for the gradient of Y, to be filled in through {@link #of}, and of U, which {@link #backward} fills in. */
    Columns room(long rows) {
        Dtype dtype = Dtype.of(frozen);
        return stacked
                ? columns(Tensors.empty(dtype, rows, outputs + ranks))
                : separate(Tensors.empty(dtype, rows, outputs), Tensors.empty(dtype, rows, ranks));
    }

    /** U {@code [T, R]}; a copy where it would hold on to Y. */
    Tensor lowRank(Columns columns) {
        return stacked ? columns.u().clone() : columns.u();
    }

    /** The gradient {@code dy} {@code [T, out]} of Y: itself, or a copy with room beside it. */
    Columns given(Tensor dy) {
        if (stacked) {
            Columns columns = room(dy.size(0));
            columns.y().copy_(dy);
            return columns;
        }
        return separate(dy, Tensors.empty(Dtype.of(frozen), dy.size(0), ranks));
    }

    /**
     * Adds to the gradients of the adapter, and to {@code sum}, or returns, the gradient of the input where it is needed.
     *
     * @param x {@code [T, in]}
     * @param u {@code [T, R]}, of the forward pass
     * @param gradient of Y; its U is overwritten
     * @return {@code [T, in]}; null where not needed
     */
    @Nullable
    Tensor backward(Tensor x, Tensor u, Columns gradient, boolean needed, @Nullable Tensor sum) {
        for (Part part : parts) {
            addWeightGradients(part, x, of(gradient, part));
            Factor factor = part.factor();
            if (factor != null) {
                Tensor dy = of(gradient, part); // [T, out_j]
                Tensor du = rank(gradient, part, factor); // [T, r]
                du.addmm_(dy, factor.b(), new Scalar(0.0), new Scalar(scale));
                Tensor uj = u.narrow(1, part.rankFrom(), factor.b().size(1)); // [T, r]
                factor.slot().bGradient().add_(torch.mm(dy.t(), uj), new Scalar(scale)); // [out_j, r]
            }
        }
        if (ranks > 0) {
            Tensor da = torch.mm(gradient.u().t(), x); // [R, in]
            for (Part part : parts) {
                Factor factor = part.factor();
                if (factor != null) {
                    factor.slot().aGradient().add_(rankRows(da, part, factor));
                }
            }
        }
        if (!needed) {
            return null;
        }
        Tensor dx = sum == null ? torch.mm(gradient.whole(), whole) : sum.addmm_(gradient.whole(), whole);
        return stacked || ranks == 0 ? dx : dx.addmm_(gradient.u(), factorsA);
    }

    /** {@code x} {@code [T, in]}, {@code dy} {@code [T, out_j]}. */
    private static void addWeightGradients(Part part, Tensor x, Tensor dy) {
        Tensor weight = part.weightGradient();
        if (weight != null && Dtype.of(dy) == Dtype.FP32) {
            weight.addmm_(dy.t(), x);
        } else if (weight != null) {
            weight.add_(torch.mm(dy.t(), x)); // [out_j, in], rounded as autograd rounds it
        }
        Tensor bias = part.biasGradient();
        if (bias != null) {
            bias.add_(dy.sum(ROWS, false, new ScalarTypeOptional(ScalarType.Float))); // [out_j]
        }
    }

    /** The columns of one projection, {@code [T, out_j]}. */
    Tensor of(Columns columns, Projection projection) {
        return parts.stream()
                .filter(part -> part.projection() == projection)
                .map(part -> of(columns, part))
                .findFirst()
                .orElseThrow();
    }

    private static Tensor of(Columns columns, Part part) {
        return columns.y().narrow(1, part.from(), part.size());
    }

    private static Tensor rank(Columns columns, Part part, Factor factor) {
        return columns.u().narrow(1, part.rankFrom(), factor.b().size(1));
    }

    private static Tensor rankRows(Tensor a, Part part, Factor factor) {
        return a.narrow(0, part.rankFrom(), factor.b().size(1));
    }

    private static Columns separate(Tensor y, Tensor u) {
        return new Columns(y, y, u);
    }

    private Columns columns(Tensor buffer) {
        return new Columns(buffer, buffer.narrow(1, 0, outputs), buffer.narrow(1, outputs, ranks));
    }

    @Override
    public void close() {
        owned.forEach(Tensor::close);
    }
}
