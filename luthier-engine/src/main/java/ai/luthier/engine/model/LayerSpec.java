package ai.luthier.engine.model;

import org.jspecify.annotations.Nullable;

/**
 * What one layer's attention does differently from another's.
 *
 * @param rope how queries and keys are turned; null where they are not
 * @param window how many tokens a query sees, itself among them; 0 for all before it
 * @param queryScale what scores are multiplied by, {@code 1/√h} mostly
 */
public record LayerSpec(@Nullable RopeSpec rope, int window, double queryScale) {

    public LayerSpec {
        if (window < 0) {
            throw new IllegalArgumentException("an attention window must be positive, not " + window);
        }
        if (!(queryScale > 0 && queryScale < 1e9)) {
            throw new IllegalArgumentException(
                    "the scale of the attention scores, " + queryScale + ", is not in (0, 1e9)");
        }
    }
}
