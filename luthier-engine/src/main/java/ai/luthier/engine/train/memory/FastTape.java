package ai.luthier.engine.train.memory;

import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.fast.TapeBytes;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.LayerSpec;

/**
 * What a layer takes on the fast path, by the tensors of {@code engine.fast.LayerTape} (kept, as {@link TapeBytes} counts them) and
 * {@code FastLayer} (the rest, which lives until its scope ends). {@code e} bytes an element, {@code T} tokens, {@code S} scores of a
 * head, {@code R} ranks of all projections together.
 *
 * <pre>
 *   kept      normed, middleNormed, middle       3·e·T·d      query, key, value, mixed   e·T·(2H + 2K)·h
 *             gate, up, activated, gated         4·e·T·f      U of the projections       e·T·R
 *             P where rows are not too long        e·H·S      two fp32 norms             8·T
 *             norms of heads: inputs     e·T·(H + K)·h      soft caps: slopes          e·H·S
 *   forward   q, k, v before the turn, a before its layout changes, O·a, Down·m, U once more, a turn in passing
 *   backward  dz twice, dl, dy, dn     5·e·T·d     dm, dg, du     3·e·T·f
 *             da three times, dq, rolled      5·e·T·H·h     dk, dv and their room     4·e·T·K·h     dU     e·T·R
 * </pre>
 *
 * <p>The last layer is narrow, and counted as if every token were learnt, which is the most it can be.
 */
final class FastTape {

    private FastTape() {}

    static LayerMemory of(DecoderSpec spec, PassMemory pass, LayerSpec layer) {
        long t = pass.tokens();
        long d = spec.width();
        long f = spec.feedForward();
        long queries = (long) spec.heads() * spec.headWidth();
        long keys = (long) spec.keyValueHeads() * spec.headWidth();
        long ranks = pass.trained().ranks();
        int bytes = pass.bytes();
        long scores = pass.longest() <= FastOptions.KEPT_ROW ? Scores.of(t, pass.longest(), layer.window()) : 0;
        long block = (long) bytes * spec.heads() * Scores.BLOCK * pass.longest();
        return new LayerMemory(
                TapeBytes.whole(spec, bytes, t, scores, ranks),
                bytes * t * (3 * queries + 2 * keys + 2 * d + ranks) + block,
                bytes * t * (5 * d + 3 * f + 5 * queries + 4 * keys + ranks) + 2 * block);
    }
}
