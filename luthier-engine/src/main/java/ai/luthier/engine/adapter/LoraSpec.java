package ai.luthier.engine.adapter;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.ModuleNames;
import ai.luthier.engine.model.Projection;
import java.util.List;

/**
 * The shape of a LoRA adapter [1]: {@code W' = W + (alpha / rank) · B·A} for every target; with {@code alpha / √rank} where it is
 * rank-stabilised [2].
 *
 * <p>[1] Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, 2021. [2] Kalajdzievski, A Rank Stabilization Scaling
 * Factor for Fine-Tuning with LoRA, 2023.
 *
 * @param rank columns of B and rows of A, {@code r}
 * @param alpha the change's weight times the rank, or times its root
 * @param targets modules of every layer that are changed, by the last part of their name in {@code transformers} or more of
 *     it: {@code q_proj}, {@code mlp.c_proj} and so on
 * @param rankStabilised whether alpha is divided by the root of the rank instead of the rank
 */
public record LoraSpec(int rank, double alpha, List<String> targets, boolean rankStabilised) {

    public LoraSpec {
        targets = List.copyOf(targets);
        if (rank < 1 || !(alpha > 0) || targets.isEmpty()) {
            throw new IllegalArgumentException(
                    "an adapter needs rank ≥ 1, alpha > 0 and a target, not " + rank + ", " + alpha + ", " + targets);
        }
    }

    /** Plain LoRA. */
    public LoraSpec(int rank, double alpha, List<String> targets) {
        this(rank, alpha, targets, false);
    }

    /** An adapter of every linear projection of a model with Llama's module names. */
    public static LoraSpec everyProjection(int rank, double alpha) {
        return everyProjection(ModuleNames.LLAMA, rank, alpha);
    }

    /** An adapter of every linear projection; where the files fuse some into one module, of that module, as peft does. */
    public static LoraSpec everyProjection(DecoderSpec model, int rank, double alpha) {
        return everyProjection(model.names(), rank, alpha);
    }

    private static LoraSpec everyProjection(ModuleNames names, int rank, double alpha) {
        return new LoraSpec(
                rank,
                alpha,
                names.projections().stream().map(names::target).distinct().toList());
    }

    /** {@code alpha / rank}, or {@code alpha / √rank}. */
    public double scale() {
        return rankStabilised ? alpha / Math.sqrt(rank) : alpha / rank;
    }

    /** The projections of every layer that are changed, in the order in which they are computed. */
    public List<Projection> changed(DecoderSpec model) {
        return Projection.of(model).stream()
                .filter(projection -> targets.stream().anyMatch(target -> matches(model, projection, target)))
                .toList();
    }

    /** {@link IllegalArgumentException} where a target is no projection of this model. */
    public void requireFits(DecoderSpec model) {
        for (String target : targets) {
            if (Projection.of(model).stream().noneMatch(projection -> matches(model, projection, target))) {
                throw new IllegalArgumentException("no linear projection of this model is called '" + target
                        + "'; these are: " + everyProjection(model, 1, 1).targets());
            }
        }
    }

    private static boolean matches(DecoderSpec model, Projection projection, String target) {
        return ("." + projection.path(model, 0)).endsWith("." + target);
    }
}
