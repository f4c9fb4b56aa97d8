package ai.luthier.engine.train.memory;

import ai.luthier.engine.model.AttentionSpec.QueryKeyNorm;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.LayerSpec;
import ai.luthier.engine.model.NormSpec;

/**
 * What a layer takes on the reference path: what autograd saves (kept), what Java still holds until the layer's scope ends (forward)
 * and the gradients under way (backward). Frozen weights ask for no gradient, so a product saves its input only for the sake of its
 * factor A; rotations save nothing but their tables. Where weights are trained, a product saves
 * its input for their sake, and a norm its result.
 *
 * <pre>
 *   norm       RMS: x in fp32, 4·T·d (+ 8·T); LAYER: x; its result, e·T·d, is the input of a factor A
 *   projection U, e·T·r each; none where weights are trained
 *   attention  queries folded, keys, values, result   e·T·(2H + 2K)·h      P   e·H·S
 *   gate       act's input and result, up, product    4·e·T·f              without a gate 2·e·T·f
 *   soft caps  tanh's result, e·H·S
 * </pre>
 */
final class RecordedGraph {

    private static final int WIDE = 4; // bytes of fp32

    private final DecoderSpec spec;
    private final PassMemory pass;
    private final int bytes;
    private final long t;
    private final long d;
    private final long f;
    private final long queries;
    private final long keys;

    private RecordedGraph(DecoderSpec spec, PassMemory pass) {
        this.spec = spec;
        this.pass = pass;
        this.bytes = pass.bytes();
        this.t = pass.tokens();
        this.d = spec.width();
        this.f = spec.feedForward();
        this.queries = (long) spec.heads() * spec.headWidth();
        this.keys = (long) spec.keyValueHeads() * spec.headWidth();
    }

    static LayerMemory of(DecoderSpec spec, PassMemory pass, LayerSpec layer) {
        RecordedGraph graph = new RecordedGraph(spec, pass);
        long scores = spec.heads() * Scores.of(graph.t, pass.longest(), layer.window());
        return new LayerMemory(graph.kept(scores), graph.forward(scores), graph.backward());
    }

    private long kept(long scores) {
        long ranks = pass.trained().ranks();
        long normed = 2 * t * d; // inputs of the two blocks' first projections
        long gates = spec.gating().gated() ? 4 * t * f : 2 * t * f;
        long caps = spec.attention().softCap() > 0 ? 2 : 1;
        return norms() + bytes * (normed + t * ranks + t * (2 * queries + 2 * keys) + gates + caps * scores);
    }

    /** What norms save, of the residual stream and of queries and keys. */
    private long norms() {
        int each = spec.norm().kind() == NormSpec.Kind.RMS ? WIDE : bytes;
        long count = spec.norm().placement() == NormSpec.Placement.AROUND ? 4 : 2;
        long headNorms = spec.attention().queryKeyNorm() == QueryKeyNorm.NONE ? 0 : each * t * (queries + keys);
        long results = pass.trained().weights() ? count * bytes * t * d : 0; // which a trained weight multiplies
        return count * (each * t * d + 2 * WIDE * t) + headNorms + results;
    }

    /** Squares and quotients of the norms in fp32, queries and keys at every stage, scores before the softmax, masks. */
    private long forward(long scores) {
        long normed = 2 * (2L * WIDE + bytes) * t * d;
        long masks = scores / spec.keyValueHeads();
        return normed + bytes * (t * (6 * queries + 3 * keys + 3 * d) + scores + masks);
    }

    private long backward() {
        long block = (long) spec.heads() * Scores.BLOCK * pass.longest();
        return bytes * (t * (2 * d + 4 * f) + 2 * block) + 3 * WIDE * t * d;
    }
}
