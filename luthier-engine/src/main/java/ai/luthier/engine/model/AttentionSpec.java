package ai.luthier.engine.model;

/**
 * What every attention of a decoder has in common; what differs from layer to layer is in {@link LayerSpec}.
 *
 * @param inputBias whether Q, K and V have biases
 * @param outputBias whether O has one
 * @param queryKeyNorm which vectors of queries and keys are normed before they are turned
 * @param softCap {@code c} in {@code c · tanh(score / c)}; 0 for none
 */
public record AttentionSpec(boolean inputBias, boolean outputBias, QueryKeyNorm queryKeyNorm, double softCap) {

    /** What one norm of queries or keys spans. */
    public enum QueryKeyNorm {
        NONE,
        /** Every head for itself, with one weight {@code [h]} for all (Qwen3, Gemma 3). */
        HEAD,
        /** All heads of a token together, with a weight of {@code [H·h]} (OLMo 2). */
        TOKEN
    }

    /** No biases, norms or caps. */
    public static final AttentionSpec PLAIN = new AttentionSpec(false, false, QueryKeyNorm.NONE, 0);

    public AttentionSpec {
        if (!(softCap >= 0 && softCap < 1e9)) {
            throw new IllegalArgumentException("the cap of the attention scores, " + softCap + ", is not in [0, 1e9)");
        }
    }
}
