package ai.luthier.engine.export;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What the gate found; written beside the export as {@code parity.json}.
 *
 * @param positions how many next-token distributions were compared
 * @param largestLogit of the model in memory, by magnitude
 * @param maxLogitDifference over all positions and tokens
 * @param tolerance of that difference; absent for quantised formats
 * @param meanKl of KL(in memory ‖ exported) over the positions, in nats
 * @param sameTop1 positions at which the likeliest token is the same
 * @param greedy how many prompts are continued by the same tokens
 * @param greedyTokens tokens that the prompts have in common with the model in memory before the first difference
 * @param tiesBroken prompts that differ from a token on whose two best logits lie closer than the difference of logits explains
 * @param ids texts with the same token ids
 * @param failures in words; empty where the gate is passed
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ParityReport(
        boolean passed,
        String format,
        @Nullable String quantization,
        int prompts,
        int positions,
        double largestLogit,
        double maxLogitDifference,
        @Nullable Double tolerance,
        double meanKl,
        double maxKl,
        int sameTop1,
        int greedy,
        int greedyTokens,
        int greedyTokensAsked,
        int tiesBroken,
        int ids,
        int texts,
        boolean template,
        List<String> failures) {

    public ParityReport {
        failures = List.copyOf(failures);
    }
}
