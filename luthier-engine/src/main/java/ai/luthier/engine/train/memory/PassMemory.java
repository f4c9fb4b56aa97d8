package ai.luthier.engine.train.memory;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.LayerSpec;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.TrainingPath;
import java.util.List;

/**
 * What one pass there and back takes, in bytes: the activations. The layers keep {@link #whole} for the way back, or less, and make
 * the rest again; all else is {@link #once} where everything is kept, {@link #again} where it is not.
 *
 * @param run that it is a pass of
 * @param tokens of the pass, {@code T}
 * @param longest tokens of its longest row
 */
public record PassMemory(RunMemory run, long tokens, int longest) {

    public PassMemory {
        if (tokens < 1 || longest < 1) {
            throw new IllegalArgumentException("a pass of " + tokens + " tokens, in rows of up to " + longest);
        }
    }

    /** At its fullest moment, where layers may keep so many bytes. */
    public long peak(long kept) {
        long whole = whole();
        return kept >= whole ? whole + once() : kept + again();
    }

    /** What layers could keep from the forward pass for the backward pass. */
    public long whole() {
        return trainedLayers().stream().mapToLong(LayerMemory::kept).sum();
    }

    /** Everything besides, where nothing is made again. */
    public long once() {
        long besides = layers(0).stream()
                .mapToLong(layer -> Math.max(layer.forward(), layer.backward() + weightGradient()))
                .max()
                .orElse(0);
        return inputs(false) + ends() + Math.max(head(), besides);
    }

    /** The same where layers are made again: a layer's forward pass is not yet let go when its backward pass runs. */
    public long again() {
        long besides = trainedLayers().stream()
                .mapToLong(layer -> layer.kept() + layer.forward() + layer.backward() + weightGradient())
                .max()
                .orElse(0);
        return inputs(true) + ends() + Math.max(head(), besides);
    }

    /** The layers' inputs. On the reference path, what is recorded of them is counted with the layers. */
    private long inputs(boolean again) {
        int layers = spec().layers() - (fast() ? trained().lowestLayer() : 0);
        return fast() || again ? bytes() * hidden() * layers : 0;
    }

    /** What lies there when the forward pass is over, everything kept. */
    long afterForward() {
        return inputs(false) + whole() + results();
    }

    /** The last layer's result as the final norm sees it, and the hidden states. */
    private long results() {
        if (!fast()) {
            return hidden() * (Dtype.FP32.bytes() + bytes());
        }
        // Cosines and sines for keys, all queries and those of the last layer, as computed and as rounded.
        long kinds = spec().eachLayer().stream().distinct().count();
        long turns = kinds * tokens * spec().headWidth() * 6 * (bytes() + Dtype.FP32.bytes());
        return hidden() * 2 * bytes() + turns;
    }

    /** The same and the gradient of the hidden states; three matrices in fp32 for the fast path's norms. */
    private long ends() {
        int wide = fast() ? 3 * Dtype.FP32.bytes() : 0;
        return results() + hidden() * (bytes() + wide);
    }

    /** A piece of the loss: logits, the same in fp32, their softmax; the head's gradient where it is trained. */
    private long head() {
        long rows = Math.min(RunDefaults.LOSS_ROWS, tokens);
        long caps = spec().ends().softCap() > 0 ? 2 : 1;
        long gradient = trained().head() ? (long) spec().vocabulary() * spec().width() * bytes() : 0;
        return rows * spec().vocabulary() * (caps * bytes() + 2L * Dtype.FP32.bytes()) + gradient;
    }

    /** The gradient of one weight, before it is added to where it belongs. */
    private long weightGradient() {
        if (!trained().weights()) {
            return 0;
        }
        return bytes()
                * Projection.of(spec()).stream()
                        .mapToLong(projection -> (long) projection.inputs(spec()) * projection.outputs(spec()))
                        .max()
                        .orElse(0);
    }

    private List<LayerMemory> trainedLayers() {
        return layers(Math.min(trained().lowestLayer(), spec().layers() - 1));
    }

    private List<LayerMemory> layers(int from) {
        List<LayerSpec> layers = spec().eachLayer();
        return layers.subList(from, layers.size()).stream()
                .map(layer -> fast() ? FastTape.of(spec(), this, layer) : RecordedGraph.of(spec(), this, layer))
                .toList();
    }

    private boolean fast() {
        return run.path() == TrainingPath.FAST;
    }

    private DecoderSpec spec() {
        return run.spec();
    }

    Trained trained() {
        return run.trained();
    }

    /** Of an element of the activations. */
    int bytes() {
        return run.dtype().bytes();
    }

    private long hidden() {
        return tokens * spec().width();
    }
}
