package ai.luthier.engine.fast;

/**
 * What the fast path does beyond writing the backward pass by hand. Each can be switched off, to be measured and tested alone;
 * none changes a result by more than rounding.
 */
public enum Optimisation {
    /**
     * Q, K and V, and Gate and Up, and the LoRA factors A of all of them, are one product each way. Off by default: what the
     * products gain is lost by the elementwise passes over columns of a wider matrix, and it takes a copy of the weights.
     */
    STACKED_PRODUCTS,
    /** The last layer's queries, and everything after its attention, only for tokens that predict a supervised one. */
    NARROW_LAST_LAYER,
    /** Attention weights of rows that are not too long are kept for the backward pass instead of computed again. */
    KEPT_SCORES,
    /** Normed inputs and gated products are kept for the backward pass instead of computed again. */
    KEPT_PRODUCTS,
    /** The elementwise passes use their working memory again instead of allocating it. */
    REUSED_MEMORY,
    /** What several rows of a pass begin with is computed once. */
    PREFIX_SHARING,
    /** Rows of a step are divided among threads, each with passes of its own, instead of every operator among them. */
    PASSES_SIDE_BY_SIDE
}
