package ai.luthier.engine.model;

import org.bytedeco.pytorch.Tensor;

/**
 * A change of one projection, {@code W' = W + scale · B·A}, kept as its two factors.
 *
 * @param a {@code [r, in]}, in the type of the forward pass
 * @param b {@code [out, r]}, in the type of the forward pass
 * @param scale {@code alpha / r}, or {@code alpha / √r}
 */
public record LowRank(Tensor a, Tensor b, double scale) {}
