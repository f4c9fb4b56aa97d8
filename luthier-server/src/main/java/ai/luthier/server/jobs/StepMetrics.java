package ai.luthier.server.jobs;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one optimiser step measured. Losses in nats per supervised token, accuracies 0 to 1.
 *
 * @param step 1 to {@code totalSteps}
 * @param validLoss on some validation rows; null where none were looked at, and so with the accuracy
 * @param fullValidLoss on all of them, at the end of an epoch; null elsewhere
 * @param tokensPerSecond of the last steps; told once and not kept
 * @param more what the method measured besides, by name, in order; such as {@code rewards/margins} and, of validation rows,
 *     {@code valid_rewards/margins}
 */
public record StepMetrics(
        int step,
        int totalSteps,
        double trainLoss,
        double trainAccuracy,
        @Nullable Double validLoss,
        @Nullable Double validAccuracy,
        @Nullable Double fullValidLoss,
        @Nullable Double fullValidAccuracy,
        @Nullable Double tokensPerSecond,
        Map<String, Double> more) {

    public StepMetrics {
        more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
        if (step < 1 || step > totalSteps) {
            throw new IllegalArgumentException("step " + step + " of " + totalSteps);
        }
    }

    public StepMetrics(
            int step,
            int totalSteps,
            double trainLoss,
            double trainAccuracy,
            @Nullable Double validLoss,
            @Nullable Double validAccuracy,
            @Nullable Double fullValidLoss,
            @Nullable Double fullValidAccuracy) {
        this(
                step,
                totalSteps,
                trainLoss,
                trainAccuracy,
                validLoss,
                validAccuracy,
                fullValidLoss,
                fullValidAccuracy,
                null,
                Map.of());
    }

    /** The data of a metrics event, in OpenAI's names and order, and what we add to it. */
    public Map<String, Object> data() {
        var data = new LinkedHashMap<String, Object>();
        data.put("step", step);
        data.put("total_steps", totalSteps);
        data.put("train_loss", trainLoss);
        data.put("train_mean_token_accuracy", trainAccuracy);
        put(data, "valid_loss", validLoss);
        put(data, "valid_mean_token_accuracy", validAccuracy);
        put(data, "full_valid_loss", fullValidLoss);
        put(data, "full_valid_mean_token_accuracy", fullValidAccuracy);
        data.putAll(more);
        if (tokensPerSecond != null) {
            data.put("luthier", Map.of("tokens_per_second", Math.round(tokensPerSecond)));
        }
        return data;
    }

    private static void put(Map<String, Object> data, String name, @Nullable Double value) {
        if (value != null) {
            data.put(name, value);
        }
    }
}
