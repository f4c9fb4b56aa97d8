package ai.luthier.engine.memory;

import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.model.AttentionSpec.QueryKeyNorm;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.LayerSpec;

/**
 * What a layer takes on the fast path, by the tensors of {@code engine.fast.LayerTape} (kept) and {@code FastLayer} (the rest, which
 * lives until its scope ends). {@code e} bytes an element, {@code T} tokens, {@code S} scores of a head.
 *
 * <pre>
 *   kept      normed, middleNormed, middle       3·e·T·d      query, key, value, mixed   e·T·(2H + 2K)·h
 *             gate, up, activated, gated         4·e·T·f      U of seven projections     7·e·T·r
 *             P where rows are not too long        e·H·S      two fp32 norms             8·T
 *             norms of heads: inputs     e·T·(H + K)·h      soft caps: slopes          e·H·S
 *   forward   q, k, v before the turn, a before its layout changes, O·a, Down·m, U once more, a turn in passing
 *   backward  dz twice, dl, dy, dn     5·e·T·d     dm, dg, du     3·e·T·f
 *             da three times, dq, rolled      5·e·T·H·h     dk, dv and their room     4·e·T·K·h     dU     7·e·T·r
 * </pre>
 *
 * <p>The last layer is narrow, and counted as if every token were learnt, which is the most it can be.
 */
final class FastTape {

    private static final int PROJECTIONS = 7;

    private FastTape() {}

    static LayerMemory of(DecoderSpec spec, TrainingShape shape, LayerSpec layer, int bytes) {
        long t = shape.passTokens();
        long d = spec.width();
        long f = spec.feedForward();
        long queries = (long) spec.heads() * spec.headWidth();
        long keys = (long) spec.keyValueHeads() * spec.headWidth();
        long ranks = (long) PROJECTIONS * shape.rank();
        long kept = bytes * t * (3 * d + 2 * queries + 2 * keys + 4 * f + ranks) + 8 * t;
        if (spec.attention().queryKeyNorm() != QueryKeyNorm.NONE) {
            kept += t * (bytes * (queries + keys) + 4L * (spec.heads() + spec.keyValueHeads()));
        }
        long block = (long) bytes * spec.heads() * Scores.BLOCK * shape.longest();
        if (shape.longest() <= FastOptions.KEPT_ROW) {
            int capped = spec.attention().softCap() > 0 ? 2 : 1; // weights, and the slope of the cap
            kept += (long) capped * bytes * spec.heads() * Scores.of(t, shape.longest(), layer.window());
        }
        long forward = bytes * t * (3 * queries + 2 * keys + 2 * d + ranks) + block;
        long backward = bytes * t * (5 * d + 3 * f + 5 * queries + 4 * keys + ranks) + 2 * block;
        return new LayerMemory(kept, forward, backward);
    }
}
