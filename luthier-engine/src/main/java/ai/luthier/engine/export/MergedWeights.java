package ai.luthier.engine.export;

import ai.luthier.engine.adapter.ChangedWeights;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.LowRank;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a model with its adapter added in, {@code W + scale · B·A} in fp32, or with its changed weights in their places, a few
 * rows at a time: nothing is held but the mapped files, the factors and the rows that are asked for. Used by one thread.
 */
final class MergedWeights implements AutoCloseable {

    private final DecoderWeights base;
    private final Optional<LoraAdapter> adapter;
    private final Map<String, LowRank> changes; // by the name of the weight, factors in fp32

    private final Optional<ChangedWeights> replaced;

    private MergedWeights(DecoderWeights base, Optional<LoraAdapter> adapter, Optional<ChangedWeights> replaced) {
        this.base = base;
        this.adapter = adapter;
        this.replaced = replaced;
        this.changes = adapter.map(lora -> changes(lora, base.spec())).orElse(Map.of());
    }

    static MergedWeights open(ExportModel model) throws IOException {
        DecoderWeights base = model.base().storedWeights();
        try {
            if (model.adapter().isEmpty()) {
                return new MergedWeights(base, Optional.empty(), Optional.empty());
            }
            Path tuned = model.adapter().get();
            return ChangedWeights.isIn(tuned)
                    ? new MergedWeights(base, Optional.empty(), Optional.of(ChangedWeights.open(tuned, base.spec())))
                    : new MergedWeights(base, Optional.of(PeftDirectory.read(tuned, base.spec())), Optional.empty());
        } catch (IOException | RuntimeException e) {
            base.close();
            throw e;
        }
    }

    private static Map<String, LowRank> changes(LoraAdapter lora, DecoderSpec spec) {
        Map<String, LowRank> changes = new HashMap<>();
        // In fp32 these are the adapter's own factors, which live as long as it does.
        Adapter factors = lora.in(Dtype.FP32);
        for (int layer = 0; layer < spec.layers(); layer++) {
            for (Projection projection : Projection.of(spec)) {
                String name = projection.path(spec, layer) + ".weight";
                factors.change(layer, projection)
                        .ifPresent(
                                change -> changes.put(name, spec.names().transposed() ? transposed(change) : change));
            }
        }
        return changes;
    }

    /** {@code (B·A)ᵀ = Aᵀ·Bᵀ}, for files that hold their weights as {@code [in, out]}. */
    private static LowRank transposed(LowRank change) {
        return new LowRank(change.b().t(), change.a().t(), change.scale());
    }

    DecoderWeights base() {
        return base;
    }

    /** Whether this weight is another than the base's. */
    boolean changes(String name) {
        return changes.containsKey(name)
                || replaced.filter(weights -> weights.names().contains(name)).isPresent();
    }

    /**
     * Rows of a weight in fp32.
     *
     * @param source which row of the weight stands at a place in {@code [from, to)}
     */
    float[] rows(String name, LongUnaryOperator source, long from, long to) {
        long[] wanted = new long[Math.toIntExact(to - from)];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = source.applyAsLong(from + i);
        }
        try (PointerScope _ = new PointerScope()) {
            return Scopes.withoutGradients(() -> {
                Tensor rows = Tensors.longs(wanted);
                Tensor plain = weight(name).index_select(0, rows).to(ScalarType.Float);
                return Tensors.toFloats(changed(name, plain, rows));
            });
        }
    }

    /** A whole weight, merged in fp32 and rounded once to the type in which the base holds it; belongs to the caller's scope. */
    Tensor merged(String name) {
        Tensor plain = weight(name);
        if (!changes(name)) {
            return plain;
        }
        ScalarType stored = based(name).scalar_type().intern();
        return Scopes.withoutGradients(() -> Scopes.returning(
                () -> changed(name, plain.to(ScalarType.Float), null).to(stored)));
    }

    /** @param rows which rows {@code plain} holds, null for all */
    private Tensor changed(String name, Tensor plain, @Nullable Tensor rows) {
        LowRank change = changes.get(name);
        if (change == null) {
            return plain;
        }
        Tensor b = rows == null ? change.b() : change.b().index_select(0, rows); // [n, r]
        return plain.add(b.matmul(change.a()).mul(new Scalar(change.scale()))); // [n, in]
    }

    /** What an adapter is added to, in the type of its file. */
    private Tensor weight(String name) {
        if (replaced.isPresent() && replaced.get().names().contains(name)) {
            return replaced.get().weight(name);
        }
        return based(name);
    }

    private Tensor based(String name) {
        Tensor tensor = base.byName().get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no weight " + name);
        }
        return tensor;
    }

    @Override
    public void close() {
        adapter.ifPresent(LoraAdapter::close);
        replaced.ifPresent(ChangedWeights::close);
        base.close();
    }
}
