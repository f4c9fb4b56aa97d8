package ai.luthier.engine.adapter;

import ai.luthier.engine.model.Projection;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The shape of a LoRA adapter [1]: {@code W' = W + (alpha / rank) · B·A} for every target.
 *
 * <p>[1] Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, 2021.
 *
 * @param rank columns of B and rows of A, {@code r}
 * @param alpha the change's weight times the rank
 * @param targets modules of every layer that are changed: {@code q_proj}, {@code down_proj} and so on
 */
public record LoraSpec(int rank, double alpha, List<String> targets) {

    public LoraSpec {
        targets = List.copyOf(targets);
        if (rank < 1 || !(alpha > 0) || targets.isEmpty()) {
            throw new IllegalArgumentException(
                    "an adapter needs rank ≥ 1, alpha > 0 and a target, not " + rank + ", " + alpha + ", " + targets);
        }
        for (String target : targets) {
            if (projection(target).isEmpty()) {
                throw new IllegalArgumentException("no linear projection is called '" + target + "'; these are: "
                        + everyProjection(1, 1).targets());
            }
        }
    }

    /** An adapter of every linear projection. */
    public static LoraSpec everyProjection(int rank, double alpha) {
        return new LoraSpec(
                rank,
                alpha,
                Arrays.stream(Projection.values()).map(Projection::module).toList());
    }

    /** {@code alpha / rank}. */
    public double scale() {
        return alpha / rank;
    }

    boolean changes(Projection projection) {
        return targets.contains(projection.module());
    }

    private static Optional<Projection> projection(String module) {
        return Arrays.stream(Projection.values())
                .filter(projection -> projection.module().equals(module))
                .findFirst();
    }
}
