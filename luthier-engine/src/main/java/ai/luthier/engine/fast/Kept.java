package ai.luthier.engine.fast;

/** Parts of a layer's forward pass that are kept for its backward pass, or computed again there. */
enum Kept {
    /** Everything that takes a product to compute again; without it nothing else of the layer is kept either. */
    LAYER,
    /** Attention's weights P. */
    SCORES,
    /** The results of the two norms. */
    NORMED,
    /** {@code silu(gate)}. */
    ACTIVATED,
    /** {@code silu(gate) ⊙ up}. */
    GATED
}
