package ai.luthier.engine.adapter;

import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Weights of a decoder that are trained themselves, fp32, with their gradients.
 *
 * <p>A decoder computes with copies in its own type, which {@link #refresh} makes again after an update: the sums of many small
 * steps are kept in fp32, whatever the passes compute in. In fp32 the copies are views of the values.
 *
 * <pre>
 *   values [P] fp32 ── refresh ──► working weights (bf16) ──► forward, backward ──► their .grad (bf16)
 *        ▲                                                                               │ collect
 *        └──────────────── optimiser ◄── gradients [P] fp32 ◄────────────────────────────┘
 * </pre>
 */
public final class TrainedWeights implements Trainee {

    /**
     * One weight.
     *
     * @param value a view of the values, fp32
     * @param gradient a view of the gradients, fp32
     * @param working what the decoder computes with, a leaf of the graph
     */
    public record Slot(Tensor value, Tensor gradient, Tensor working) {

        /** Whether the decoder computes with the values themselves. */
        boolean direct() {
            return Dtype.of(working) == Dtype.FP32;
        }
    }

    private final DecoderSpec model;
    private final Map<String, Slot> slots; // by name, in the order of the vector
    private final Tensor values; // [P]
    private final Tensor gradients; // [P]

    private TrainedWeights(DecoderSpec model, Map<String, Slot> slots, Tensor values, Tensor gradients) {
        this.model = model;
        this.slots = slots;
        this.values = values;
        this.gradients = gradients;
    }

    /** Starts at these weights, of which the named ones are trained; the others are not touched. */
    public static TrainedWeights of(DecoderWeights weights, Set<String> names) {
        Map<String, long[]> shapes = new LinkedHashMap<>(WeightNames.shapes(weights.spec()));
        shapes.keySet().retainAll(names);
        long size = shapes.values().stream().mapToLong(TrainedWeights::elements).sum();
        try (PointerScope _ = new PointerScope()) {
            Tensor values = Scopes.retain(Tensors.empty(Dtype.FP32, size));
            Tensor gradients = Scopes.retain(Tensors.zeros(Dtype.FP32, size));
            Map<String, Slot> slots = new LinkedHashMap<>();
            long at = 0;
            for (Map.Entry<String, long[]> weight : shapes.entrySet()) {
                Tensor start = weights.byName().get(weight.getKey());
                Tensor value = piece(values, at, weight.getValue());
                Tensor gradient = piece(gradients, at, weight.getValue());
                Scopes.withoutGradients(() -> value.copy_(start));
                slots.put(weight.getKey(), new Slot(value, gradient, working(value, gradient, weights.dtype())));
                at += elements(weight.getValue());
            }
            TrainedWeights trained = new TrainedWeights(weights.spec(), slots, values, gradients);
            trained.refresh();
            return trained;
        }
    }

    /** The names of what {@code layers} trained layers at the end are made of, and of the final norm. */
    public static Set<String> lastLayers(DecoderSpec model, int layers) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : WeightNames.shapes(model).keySet()) {
            int layer = WeightNames.layer(model, name);
            if (layer >= model.layers() - layers || WeightNames.isFinalNorm(model, name)) {
                names.add(name);
            }
        }
        return names;
    }

    private static long elements(long[] shape) {
        long product = 1;
        for (long size : shape) {
            product *= size;
        }
        return product;
    }

    private static Tensor piece(Tensor vector, long at, long[] shape) {
        return Scopes.retain(vector.narrow(0, at, elements(shape)).view(shape));
    }

    private static Tensor working(Tensor value, Tensor gradient, Dtype dtype) {
        if (dtype != Dtype.FP32) {
            Tensor working = Scopes.retain(Tensors.empty(dtype, Tensors.shape(value)));
            working.requires_grad_(true);
            return working;
        }
        value.requires_grad_(true);
        value.mutable_grad().put(gradient);
        return value;
    }

    /** The frozen weights with the trained ones in their places; the frozen ones stay their owner's and have to outlive it. */
    public DecoderWeights over(DecoderWeights frozen, Runnable afterwards) {
        Map<String, Tensor> replaced = new LinkedHashMap<>();
        slots.forEach((name, slot) -> replaced.put(name, slot.working()));
        return frozen.with(replaced, afterwards);
    }

    /** One trained weight; empty for a frozen one. */
    public Optional<Slot> slot(String name) {
        return Optional.ofNullable(slots.get(name));
    }

    /** The lowest layer with a trained weight; 0 where the embedding is trained, the number of layers where only the end is. */
    public int lowestLayer() {
        return slots.keySet().stream()
                .mapToInt(name -> WeightNames.lowestUse(model, name))
                .min()
                .orElseThrow();
    }

    /** For passes that do not go through autograd, which knows one gradient of a tensor only. */
    @Override
    public TrainedWeights withOwnGradients() {
        try (PointerScope _ = new PointerScope()) {
            Tensor own = Scopes.retain(Tensors.zeros(Dtype.FP32, parameters()));
            Map<String, Slot> shared = new LinkedHashMap<>();
            long at = 0;
            for (Map.Entry<String, Slot> entry : slots.entrySet()) {
                Slot slot = entry.getValue();
                Tensor value = Scopes.retain(slot.value());
                Tensor working = slot.direct() ? value : Scopes.retain(slot.working());
                shared.put(entry.getKey(), new Slot(value, piece(own, at, Tensors.shape(value)), working));
                at += value.numel();
            }
            return new TrainedWeights(model, shared, Scopes.retain(values), own);
        }
    }

    @Override
    public Tensor values() {
        return values;
    }

    @Override
    public Tensor gradients() {
        return gradients;
    }

    @Override
    public Adapter in(Dtype dtype) {
        return Adapter.NONE;
    }

    @Override
    public void collect() {
        Scopes.withoutGradients(() -> {
            try (PointerScope _ = new PointerScope()) {
                for (Slot slot : slots.values()) {
                    if (!slot.direct() && slot.working().grad().defined()) {
                        slot.gradient().add_(slot.working().grad());
                        slot.working().mutable_grad().zero_();
                    }
                }
            }
            return this;
        });
    }

    @Override
    public void refresh() {
        Scopes.withoutGradients(() -> {
            for (Slot slot : slots.values()) {
                if (!slot.direct()) {
                    slot.working().copy_(slot.value());
                }
            }
            return this;
        });
    }

    @Override
    public void write(Path target, PeftDirectory.Base base) throws IOException {
        Map<String, Tensor> working = new LinkedHashMap<>();
        slots.forEach((name, slot) -> working.put(name, slot.working()));
        ChangedWeights.write(target, working, base);
    }

    @Override
    public void close() {
        slots.values().forEach(slot -> {
            if (!slot.direct()) {
                slot.working().close();
            }
            slot.value().close();
            slot.gradient().close();
        });
        values.close();
        gradients.close();
    }
}
