package ai.luthier.engine.model;

/**
 * How a decoder begins and ends.
 *
 * @param tiedHead whether the output head is the embedding itself
 * @param learnedPositions whether a learned vector for its position is added to each token's embedding
 * @param embeddingScale what the embedding is multiplied by, rounded to the decoder's type first; 1 for nothing
 * @param softCap {@code c} in {@code c · tanh(logit / c)}; 0 for none
 */
public record EndsSpec(boolean tiedHead, boolean learnedPositions, double embeddingScale, double softCap) {

    public EndsSpec {
        if (!(embeddingScale > 0 && embeddingScale < 1e9)) {
            throw new IllegalArgumentException("the embedding's scale, " + embeddingScale + ", is not in (0, 1e9)");
        }
        if (!(softCap >= 0 && softCap < 1e9)) {
            throw new IllegalArgumentException("the cap of the logits, " + softCap + ", is not in [0, 1e9)");
        }
    }

    /** An unscaled embedding and uncapped logits. */
    public static EndsSpec plain(boolean tiedHead) {
        return new EndsSpec(tiedHead, false, 1, 0);
    }
}
