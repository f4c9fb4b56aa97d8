package ai.luthier.engine.memory;

import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.fast.Coverage;
import ai.luthier.engine.memory.MemoryEstimate.Part;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.TrainingPath;
import java.util.List;

/**
 * The memory of a worker that trains with LoRA in bf16, at its fullest moment.
 *
 * <pre>
 *   the process          JVM, libtorch's pages, oneDNN's kernels; grows with nothing
 *   the examples         ids and masks of every row, in the Java heap
 *   the weights          mapped from the file; converted where the file holds another type
 *   the adapter          values, gradients, two moments in fp32; the factors once more in bf16
 *   activations          what all layers keep, and what one layer or the head needs besides, whichever is more
 *   fragmentation        room between tensors that none fits into
 * </pre>
 */
public final class TrainingMemory {

    /** An id and a mask, in a heap that the collector keeps a third larger than what lives in it. */
    private static final long BYTES_OF_A_TOKEN = 8;

    private static final int BYTES = Dtype.BF16.bytes();

    private TrainingMemory() {}

    /** The path that AUTO takes for this base. */
    public static TrainingPath path(DecoderSpec spec, TrainingPath asked) {
        if (asked != TrainingPath.AUTO) {
            return asked;
        }
        return Coverage.obstacle(spec, Dtype.BF16).isEmpty() ? TrainingPath.FAST : TrainingPath.REFERENCE;
    }

    /**
     * What a run takes.
     *
     * @param stored type of the weights in their file
     */
    public static MemoryEstimate of(DecoderSpec spec, Dtype stored, TrainingShape shape) {
        long activations = activations(spec, shape);
        return new MemoryEstimate(List.of(
                new Part("the process itself", RunDefaults.PROCESS_BYTES),
                new Part("the examples", BYTES_OF_A_TOKEN * shape.fileTokens()),
                new Part("the weights", weights(spec, stored)),
                new Part("the adapter and its optimiser", adapter(spec, shape)),
                new Part("activations", activations),
                new Part("fragmentation", (long) (RunDefaults.FRAGMENTS * activations))));
    }

    private static long weights(DecoderSpec spec, Dtype stored) {
        return spec.parameters() * BYTES + (stored == Dtype.BF16 ? 0 : largest(spec) * stored.bytes());
    }

    /** While weights are converted, one at a time is there in both types. */
    private static long largest(DecoderSpec spec) {
        return (long) spec.vocabulary() * spec.width();
    }

    /** Values and two moments in fp32; gradients in fp32 and the factors in bf16, once for each lane. */
    private static long adapter(DecoderSpec spec, TrainingShape shape) {
        long factors = 0;
        for (Projection projection :
                LoraSpec.everyProjection(spec, shape.rank(), 1).changed(spec)) {
            factors += (long) shape.rank() * (projection.inputs(spec) + projection.outputs(spec));
        }
        int lanes = shape.lanes();
        return factors * spec.layers() * ((3L + lanes) * Dtype.FP32.bytes() + (long) lanes * BYTES);
    }

    private static long activations(DecoderSpec spec, TrainingShape shape) {
        long besides = head(spec, shape);
        for (LayerMemory layer : layers(spec, shape)) {
            besides = Math.max(besides, besides(layer, shape));
        }
        return kept(spec, shape) + working(spec, shape) + besides;
    }

    /** The gradient of the hidden states; three matrices in fp32 for the fast path's norms. */
    private static long working(DecoderSpec spec, TrainingShape shape) {
        int wide = shape.path() == TrainingPath.FAST ? 3 * Dtype.FP32.bytes() : 0;
        return shape.passTokens() * spec.width() * (BYTES + wide);
    }

    /** What the forward pass leaves behind for the backward pass. */
    static long kept(DecoderSpec spec, TrainingShape shape) {
        boolean fast = shape.path() == TrainingPath.FAST;
        long hidden = shape.passTokens() * spec.width();
        long inputs = BYTES * hidden * spec.layers();
        // The last layer's result as the final norm sees it, and the hidden states.
        // Cosines and sines for keys, all queries and those of the last layer, as computed and as rounded.
        long kinds = spec.eachLayer().stream().distinct().count();
        long turns = kinds * shape.passTokens() * spec.headWidth() * 6 * (BYTES + Dtype.FP32.bytes());
        long ends = fast ? hidden * 2 * BYTES + turns : hidden * (Dtype.FP32.bytes() + BYTES);
        List<LayerMemory> layers = layers(spec, shape);
        if (shape.layerByLayer()) {
            return inputs
                    + ends
                    + layers.stream().mapToLong(LayerMemory::kept).max().orElseThrow();
        }
        return (fast ? inputs : 0)
                + ends
                + layers.stream().mapToLong(LayerMemory::kept).sum();
    }

    private static List<LayerMemory> layers(DecoderSpec spec, TrainingShape shape) {
        return spec.eachLayer().stream()
                .map(layer -> shape.path() == TrainingPath.FAST
                        ? FastTape.of(spec, shape, layer, BYTES)
                        : RecordedGraph.of(spec, shape, layer, BYTES))
                .toList();
    }

    /** Computed again, a layer's forward pass is not yet let go when its backward pass runs. */
    private static long besides(LayerMemory layer, TrainingShape shape) {
        return shape.layerByLayer() ? layer.forward() + layer.backward() : Math.max(layer.forward(), layer.backward());
    }

    /** A piece of the loss: logits, the same in fp32, their softmax. */
    private static long head(DecoderSpec spec, TrainingShape shape) {
        long rows = shape.lanes() * Math.min(RunDefaults.LOSS_ROWS, shape.passTokens());
        long caps = spec.ends().softCap() > 0 ? 2 : 1;
        return rows * spec.vocabulary() * (caps * BYTES + 2L * Dtype.FP32.bytes());
    }
}
