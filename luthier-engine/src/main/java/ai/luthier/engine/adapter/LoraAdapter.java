package ai.luthier.engine.adapter;

import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.LowRank;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The trainable factors of a LoRA adapter, fp32, with their gradients.
 *
 * <p>All factors lie in one vector, and all gradients in another: the factor of one projection is a view. So clipping,
 * optimiser and checkpoint handle one tensor each instead of hundreds, and adding to a factor's gradient needs no allocation.
 *
 * <pre>
 *          x [T, in] ─────────────── W [out, in] ───────────────► + ─► y [T, out]
 *               │                                                 ▲
 *               └── A [r, in] ──► u [T, r] ──► B [out, r] ── · scale
 * </pre>
 *
 * <p>Owned and used by one thread; closed by its owner.
 */
public final class LoraAdapter implements Trainee {

    /**
     * One projection's factors and their gradients, fp32, all views into the vectors of all and owned by the adapter.
     *
     * @param a {@code [r, in]}
     * @param b {@code [out, r]}
     */
    public record Factors(Tensor a, Tensor b, Tensor aGradient, Tensor bGradient) {}

    private final LoraSpec spec;
    private final DecoderSpec model;
    private final Map<String, Factors>
            byPath; // "model.layers.0.self_attn.q_proj" → factors, in the order of the vector
    private final Tensor values; // [P]
    private final Tensor gradients; // [P]

    private LoraAdapter(
            LoraSpec spec, DecoderSpec model, Map<String, Factors> byPath, Tensor values, Tensor gradients) {
        this.spec = spec;
        this.model = model;
        this.byPath = byPath;
        this.values = values;
        this.gradients = gradients;
    }

    /** An adapter that changes nothing yet: A uniform in {@code ±1/√in} as peft draws it, B zero. */
    public static LoraAdapter fresh(DecoderSpec model, LoraSpec spec, long seed) {
        LoraAdapter adapter = zero(model, spec);
        try (PointerScope _ = new PointerScope()) {
            GeneratorOptional generator = new GeneratorOptional(seeded(seed));
            Scopes.withoutGradients(() -> {
                adapter.byPath.values().forEach(factors -> {
                    double bound = 1 / Math.sqrt((double) factors.a().size(1));
                    Tensor drawn = Tensors.onHost(factors.a()); // by one generator on every device
                    drawn.uniform_(-bound, bound, generator);
                    factors.a().copy_(drawn);
                });
                return adapter;
            });
        }
        return adapter;
    }

    /** An adapter whose factors are all zero; {@link IllegalArgumentException} where a target is none of the model's. */
    public static LoraAdapter zero(DecoderSpec model, LoraSpec spec) {
        spec.requireFits(model);
        try (PointerScope _ = new PointerScope()) {
            Tensor values = Scopes.retain(Tensors.zeros(Dtype.FP32, size(model, spec)));
            Tensor gradients = Scopes.retain(Tensors.zeros(Dtype.FP32, size(model, spec)));
            Map<String, Factors> byPath = new LinkedHashMap<>();
            long at = 0;
            for (int layer = 0; layer < model.layers(); layer++) {
                for (Projection projection : spec.changed(model)) {
                    long in = projection.inputs(model);
                    long out = projection.outputs(model);
                    long atB = at + spec.rank() * in;
                    Tensor da = piece(gradients, at, spec.rank(), in);
                    Tensor db = piece(gradients, atB, out, spec.rank());
                    Tensor a = factor(piece(values, at, spec.rank(), in), da);
                    Tensor b = factor(piece(values, atB, out, spec.rank()), db);
                    byPath.put(projection.path(model, layer), new Factors(a, b, da, db));
                    at += spec.rank() * (in + out);
                }
            }
            return new LoraAdapter(spec, model, byPath, values, gradients);
        }
    }

    /** The same factors with gradients of their own, zero at first; closed like any other, before or after this one. */
    @Override
    public LoraAdapter withOwnGradients() {
        try (PointerScope _ = new PointerScope()) {
            Tensor own = Scopes.retain(Tensors.zeros(Dtype.FP32, parameters()));
            Map<String, Factors> shared = new LinkedHashMap<>();
            long at = 0;
            for (Map.Entry<String, Factors> entry : byPath.entrySet()) {
                Tensor a = Scopes.retain(entry.getValue().a());
                Tensor b = Scopes.retain(entry.getValue().b());
                Tensor da = piece(own, at, a.size(0), a.size(1));
                Tensor db = piece(own, at + a.numel(), b.size(0), b.size(1));
                shared.put(entry.getKey(), new Factors(a, b, da, db));
                at += a.numel() + b.numel();
            }
            return new LoraAdapter(spec, model, shared, Scopes.retain(values), own);
        }
    }

    private static Generator seeded(long seed) {
        return torch.createCPUGenerator(seed);
    }

    private static long size(DecoderSpec model, LoraSpec spec) {
        long size = 0;
        for (Projection projection : spec.changed(model)) {
            size += (long) spec.rank() * (projection.inputs(model) + projection.outputs(model));
        }
        return size * model.layers();
    }

    /** A part of a vector as a matrix, owned by the adapter. */
    private static Tensor piece(Tensor vector, long at, long rows, long columns) {
        return Scopes.retain(vector.narrow(0, at, rows * columns).view(rows, columns));
    }

    /** A leaf of the graph whose gradient is that piece of the gradients. */
    private static Tensor factor(Tensor values, Tensor gradients) {
        values.requires_grad_(true);
        values.mutable_grad().put(gradients);
        return values;
    }

    public LoraSpec spec() {
        return spec;
    }

    /** One projection's factors and gradients; empty where the adapter leaves it as it is. */
    public Optional<Factors> factors(int layer, Projection projection) {
        return Optional.ofNullable(byPath.get(projection.path(model, layer)));
    }

    /** What it changes. */
    public DecoderSpec model() {
        return model;
    }

    /** Every factor in one fp32 vector; writing to it changes the adapter. */
    @Override
    public Tensor values() {
        return values;
    }

    /** Every factor's gradient in one fp32 vector, in the order of {@link #values}; backward passes add to it. */
    @Override
    public Tensor gradients() {
        return gradients;
    }

    /** For every number of {@link #values}, 1 where it belongs to an A and {@code ofB} where it belongs to a B; the caller's, fp32. */
    public Tensor rates(double ofB) {
        Tensor rates = Tensors.zeros(Dtype.FP32, parameters()); // [P]
        long at = 0;
        for (Factors factors : byPath.values()) {
            long sizeA = factors.a().numel();
            long sizeB = factors.b().numel();
            rates.narrow(0, at, sizeA).fill_(new Scalar(1.0));
            rates.narrow(0, at + sizeA, sizeB).fill_(new Scalar(ofB));
            at += sizeA + sizeB;
        }
        return rates;
    }

    /**
     * The adapter as a forward pass in this type uses it: factors converted once, differentiably. Belongs to the caller's
     * scope; after an update ask again.
     */
    @Override
    public Adapter in(Dtype dtype) {
        Map<String, LowRank> converted = new LinkedHashMap<>();
        byPath.forEach((path, factors) -> converted.put(
                path,
                new LowRank(factors.a().to(dtype.scalarType()), factors.b().to(dtype.scalarType()), spec.scale())));
        return (layer, projection) -> Optional.ofNullable(converted.get(projection.path(model, layer)));
    }

    /** The factors by the path of the module they change, {@code model.layers.0.self_attn.q_proj}, in the vector's order. */
    Map<String, Factors> factors() {
        return byPath;
    }

    /** Nothing: autograd adds to the gradients themselves. */
    @Override
    public void collect() {}

    /** Nothing: a pass converts the factors by itself. */
    @Override
    public void refresh() {}

    @Override
    public void write(Path target, PeftDirectory.Base base) throws IOException {
        PeftDirectory.write(target, this, base);
    }

    @Override
    public void close() {
        byPath.values().forEach(factors -> {
            factors.a().close();
            factors.b().close();
            factors.aGradient().close();
            factors.bGradient().close();
        });
        values.close();
        gradients.close();
    }
}
