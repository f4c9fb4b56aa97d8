package ai.luthier.engine.model;

import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.engine.tensor.Torch;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The weights of one decoder by name, owned: each is retained, and {@link #close} releases them with whatever they lie in (a
 * mapped file, for example). Not thread-safe to close; otherwise immutable.
 */
public final class DecoderWeights implements AutoCloseable {

    private final DecoderSpec spec;
    private final Map<String, Tensor> byName;
    private final Map<String, Tensor> transposed = new HashMap<>(); // views, where the files hold [in, out]
    private final Runnable afterwards;

    private DecoderWeights(DecoderSpec spec, Map<String, Tensor> byName, Runnable afterwards) {
        this.spec = spec;
        this.byName = byName;
        this.afterwards = afterwards;
        if (spec.names().transposed()) {
            for (int layer = 0; layer < spec.layers(); layer++) {
                for (Projection projection : spec.names().projections()) {
                    String name = WeightNames.weight(spec, layer, projection);
                    transposed.put(name, Scopes.retain(get(name).t()));
                }
            }
        }
    }

    /**
     * Takes exactly the weights that {@link WeightNames#shapes} lists. The tensors are retained here, so the caller's scope may
     * end; {@code afterwards} runs once they are released.
     */
    public static DecoderWeights of(DecoderSpec spec, Map<String, Tensor> byName, Runnable afterwards) {
        Map<String, Tensor> owned = new LinkedHashMap<>();
        WeightNames.shapes(spec).forEach((name, shape) -> {
            Tensor tensor = byName.get(name);
            if (tensor == null || !Arrays.equals(Tensors.shape(tensor), shape)) {
                throw new IllegalArgumentException("weight " + name + " must have the shape " + Arrays.toString(shape)
                        + ", not " + (tensor == null ? "be missing" : Arrays.toString(Tensors.shape(tensor))));
            }
            owned.put(name, tensor);
        });
        owned.values().forEach(Scopes::retain);
        return new DecoderWeights(spec, Collections.unmodifiableMap(owned), afterwards);
    }

    /**
     * Random weights: matrices and embedding normal with the given standard deviation, norms one, biases zero. The same seed
     * gives the same weights on every machine with this libtorch.
     */
    public static DecoderWeights random(DecoderSpec spec, Dtype dtype, double deviation, long seed) {
        Torch.load();
        try (PointerScope _ = new PointerScope()) {
            Generator generator = torch.createCPUGenerator(seed);
            Map<String, Tensor> weights = new LinkedHashMap<>();
            WeightNames.shapes(spec).forEach((name, shape) -> {
                Tensor tensor = Tensors.zeros(Dtype.FP32, shape);
                if (shape.length == 2) {
                    tensor.normal_(0, deviation, new GeneratorOptional(generator));
                } else if (name.endsWith(".weight")) {
                    tensor.fill_(new Scalar(spec.norm().offset() ? 0f : 1f));
                }
                weights.put(name, tensor.to(dtype.scalarType()));
            });
            return of(spec, weights, () -> {});
        }
    }

    public DecoderSpec spec() {
        return spec;
    }

    /** Every weight in the order of {@link WeightNames#shapes}; the tensors stay owned by this object. */
    public Map<String, Tensor> byName() {
        return byName;
    }

    /** The element type of the embedding, in which the whole forward pass computes. */
    public Dtype dtype() {
        return Dtype.of(get(WeightNames.embedding(spec)));
    }

    /** New weights, each computed from one of these: a copy in another type, for example. */
    public DecoderWeights map(UnaryOperator<Tensor> change) {
        try (PointerScope _ = new PointerScope()) {
            Map<String, Tensor> changed = new LinkedHashMap<>();
            byName.forEach((name, tensor) -> changed.put(name, change.apply(tensor)));
            return of(spec, changed, () -> {});
        }
    }

    /**
     * These weights with others in some places. Nothing is copied; these have to outlive the result.
     *
     * @param others by name, in the type of these
     * @param afterwards runs once the result is closed
     */
    public DecoderWeights with(Map<String, Tensor> others, Runnable afterwards) {
        Map<String, Tensor> all = new LinkedHashMap<>(byName);
        all.putAll(others);
        return of(spec, all, afterwards);
    }

    /** Copies that a training run may write to and differentiate by: every one asks for a gradient. */
    public DecoderWeights trainable(Dtype dtype) {
        return map(tensor -> tensor.detach()
                .to(dtype.scalarType(), false, true, new MemoryFormatOptional())
                .requires_grad_(true));
    }

    /** The lowest layer with a weight that asks for a gradient; 0 where an embedding does, the number of layers where only the end does. */
    int lowestTrained() {
        int lowest = spec.layers();
        for (Map.Entry<String, Tensor> weight : byName.entrySet()) {
            if (weight.getValue().requires_grad()) {
                lowest = Math.min(lowest, WeightNames.lowestUse(spec, weight.getKey()));
            }
        }
        return lowest;
    }

    @Override
    public void close() {
        transposed.values().forEach(Tensor::close);
        byName.values().forEach(Tensor::close);
        afterwards.run();
    }

    /** A projection's weight as it is multiplied, {@code [out, in]}. */
    Tensor projection(int layer, Projection projection) {
        String name = WeightNames.weight(spec, layer, projection);
        Tensor view = transposed.get(name);
        return view == null ? get(name) : view;
    }

    Tensor get(String name) {
        Tensor tensor = byName.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no weight " + name);
        }
        return tensor;
    }
}
