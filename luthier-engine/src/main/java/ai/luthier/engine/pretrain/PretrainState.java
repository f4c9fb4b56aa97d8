package ai.luthier.engine.pretrain;

import static java.util.Objects.requireNonNull;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The weights in fp32 and what their optimisers remember. Matrices inside layers follow {@link Muon}; the embedding, whose rows are
 * updated at very different frequencies, and the norms follow AdamW without weight decay. Not thread-safe.
 */
final class PretrainState implements AutoCloseable {

    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.95;
    private static final double EPSILON = 1e-8;

    private final DecoderWeights weights;
    private final Map<String, Tensor> first = new LinkedHashMap<>();
    private final Map<String, Tensor> second = new LinkedHashMap<>();

    /** Takes over the weights, fp32. */
    PretrainState(DecoderWeights weights) {
        this.weights = weights;
        try (PointerScope _ = new PointerScope()) {
            weights.byName().forEach((name, weight) -> {
                first.put(name, Scopes.retain(Tensors.zeros(Dtype.FP32, Tensors.shape(weight))));
                if (!orthogonal(name, weight)) {
                    second.put(name, Scopes.retain(Tensors.zeros(Dtype.FP32, Tensors.shape(weight))));
                }
            });
        }
    }

    static PretrainState random(DecoderSpec spec, long seed) {
        return new PretrainState(DecoderWeights.random(spec, Dtype.FP32, 0.02, seed));
    }

    DecoderWeights weights() {
        return weights;
    }

    /** Everything that a checkpoint holds, by name; the tensors stay owned here and may be written to. */
    Map<String, Tensor> tensors() {
        var all = new LinkedHashMap<String, Tensor>(weights.byName());
        first.forEach((name, tensor) -> all.put("first." + name, tensor));
        second.forEach((name, tensor) -> all.put("second." + name, tensor));
        return all;
    }

    /**
     * One update, in place.
     *
     * @param gradients fp32, by name of the weight
     * @param step 1 for the first update
     */
    void update(Map<String, Tensor> gradients, long step, double matrixRate, double vectorRate) {
        weights.byName().forEach((name, weight) -> {
            try (PointerScope _ = new PointerScope()) {
                Tensor gradient = requireNonNull(gradients.get(name), name);
                Tensor moment = requireNonNull(first.get(name));
                Tensor square = second.get(name);
                if (square == null) {
                    Muon.step(weight, gradient, moment, matrixRate);
                } else {
                    adam(weight, gradient, moment, square, step, vectorRate);
                }
            }
        });
    }

    private static void adam(Tensor weight, Tensor gradient, Tensor first, Tensor second, long step, double rate) {
        first.mul_(new Scalar(BETA1)).add_(gradient, new Scalar(1 - BETA1));
        second.mul_(new Scalar(BETA2)).addcmul_(gradient, gradient, new Scalar(1 - BETA2));
        double correction1 = 1 - Math.pow(BETA1, (double) step);
        double correction2 = 1 - Math.pow(BETA2, (double) step);
        Tensor root = second.div(new Scalar(correction2)).sqrt_().add_(new Scalar(EPSILON));
        weight.addcdiv_(first, root, new Scalar(-rate / correction1));
    }

    private static boolean orthogonal(String name, Tensor weight) {
        return weight.dim() == 2 && name.contains(".layers.");
    }

    /** Writes the present values into the weights that the passes compute with. */
    void copyInto(DecoderWeights computing) {
        weights.byName().forEach((name, weight) -> {
            Tensor target = requireNonNull(computing.byName().get(name));
            try (PointerScope _ = new PointerScope()) {
                target.detach().copy_(weight.to(target.scalar_type()));
            }
        });
    }

    /** The gradients of the computing weights in fp32, cleared there. Belongs to the caller's scope. */
    static Map<String, Tensor> takeGradients(DecoderWeights computing) {
        var gradients = new LinkedHashMap<String, Tensor>();
        computing.byName().forEach((name, weight) -> {
            gradients.put(name, weight.grad().to(ScalarType.Float, false, true, new MemoryFormatOptional()));
            weight.grad().zero_();
        });
        return gradients;
    }

    @Override
    public void close() {
        weights.close();
        first.values().forEach(Tensor::close);
        second.values().forEach(Tensor::close);
    }
}
