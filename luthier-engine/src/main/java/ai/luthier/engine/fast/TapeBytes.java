package ai.luthier.engine.fast;

import ai.luthier.engine.model.AttentionSpec.QueryKeyNorm;
import ai.luthier.engine.model.DecoderSpec;
import java.util.EnumMap;
import java.util.Map;

/** How many bytes a {@link LayerTape} has: what estimates of memory and {@link Keeping} reckon with. */
public final class TapeBytes {

    private TapeBytes() {}

    /**
     * All of a layer's tape.
     *
     * @param elementBytes of an element of activations
     * @param tokens of the pass, {@code T}
     * @param scores that one head keeps, over all rows, {@code S}
     * @param ranks of all adapted projections of a layer together, {@code R}
     */
    public static long whole(DecoderSpec spec, int elementBytes, long tokens, long scores, long ranks) {
        return parts(spec, elementBytes, tokens, scores, ranks).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** The same, part by part. */
    static Map<Kept, Long> parts(DecoderSpec spec, int elementBytes, long tokens, long scores, long ranks) {
        long queries = (long) spec.heads() * spec.headWidth();
        long keys = (long) spec.keyValueHeads() * spec.headWidth();
        long layer = elementBytes * tokens * (spec.width() + 2 * (queries + keys) + 2L * spec.feedForward() + ranks);
        layer += 2L * Float.BYTES * tokens; // of the two norms
        if (spec.attention().queryKeyNorm() != QueryKeyNorm.NONE) {
            layer += tokens
                    * (elementBytes * (queries + keys) + (long) Float.BYTES * (spec.heads() + spec.keyValueHeads()));
        }
        int capped = spec.attention().softCap() > 0 ? 2 : 1; // weights, and the slope of the cap
        Map<Kept, Long> bytes = new EnumMap<>(Kept.class);
        bytes.put(Kept.LAYER, layer);
        bytes.put(Kept.SCORES, (long) capped * elementBytes * scores * spec.heads());
        bytes.put(Kept.NORMED, (long) elementBytes * tokens * 2 * spec.width());
        bytes.put(Kept.ACTIVATED, (long) elementBytes * tokens * spec.feedForward());
        bytes.put(Kept.GATED, (long) elementBytes * tokens * spec.feedForward());
        return bytes;
    }
}
