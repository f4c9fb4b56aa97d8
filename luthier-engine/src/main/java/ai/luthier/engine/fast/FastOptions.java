package ai.luthier.engine.fast;

/**
 * The fast path's optimisations, each with a switch, so that each can be measured and tested alone. All of them leave the
 * result as it is, up to rounding.
 *
 * @param stackedProducts Q, K and V, and Gate and Up, and the LoRA factors A of all of them, as one product each way
 * @param lastLayerWhereSupervised the last layer's queries, output, feed-forward and norm only for tokens that predict a
 *     supervised one
 * @param keptScores attention weights kept for the backward pass (of rows up to {@link #KEPT_ROW} tokens) instead of computed
 *     again
 * @param keptProducts normed inputs and gated products kept for the backward pass instead of computed again
 */
public record FastOptions(
        boolean stackedProducts, boolean lastLayerWhereSupervised, boolean keptScores, boolean keptProducts) {

    /** Rows of more tokens never keep their attention weights, which grow with the square of the row. */
    static final int KEPT_ROW = 2048;

    /** Everything on. */
    public static final FastOptions DEFAULTS = new FastOptions(true, true, true, true);

    /** Everything off: the hand-written backward pass alone. */
    public static final FastOptions PLAIN = new FastOptions(false, false, false, false);
}
