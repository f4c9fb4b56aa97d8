package ai.luthier.text.check;

import ai.luthier.api.catalogue.CatalogueEntry;
import ai.luthier.api.money.TokenUsage;
import ai.luthier.api.money.Usd;
import ai.luthier.text.data.TokenTotals;
import ai.luthier.text.data.ValidationReport;
import ai.luthier.text.plan.Auto;
import ai.luthier.text.plan.StepPlan;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What {@code luthier check} says of a file: what is wrong with it, and what a job on it would do and cost.
 *
 * @param file as the user named it
 * @param base the base that the file would tune
 * @param validation errors, warnings and tokens
 * @param forecast null where the file cannot be trained on, or its tokens were not counted
 */
public record CheckReport(
        String file,
        CatalogueEntry base,
        ValidationReport validation,
        @Nullable Forecast forecast) {

    /**
     * What a job would do.
     *
     * @param epochs asked for, or what "auto" stands for
     * @param batchSize likewise
     * @param steps of the whole job
     * @param trainedTokens all tokens of the rows as trained, times the epochs; the number that is billed
     * @param price of the training at the base's list
     * @param duration null where the speed is unknown
     */
    public record Forecast(
            int epochs,
            int batchSize,
            int steps,
            long trainedTokens,
            Usd price,
            @Nullable Duration duration) {}

    /**
     * The report of a validated file.
     *
     * @param epochs null for "auto"
     * @param batchSize null for "auto"
     * @param tokensPerSecond measured training speed on this machine; null where it is unknown
     */
    public static CheckReport of(
            String file,
            CatalogueEntry base,
            ValidationReport validation,
            @Nullable Integer epochs,
            @Nullable Integer batchSize,
            @Nullable Double tokensPerSecond) {
        TokenTotals tokens = validation.tokens();
        if (!validation.ok() || tokens == null || tokens.rows() == 0) {
            return new CheckReport(file, base, validation, null);
        }
        int chosenEpochs = epochs == null ? Auto.epochs(tokens.rows()) : epochs;
        int chosenBatch = batchSize == null ? Auto.batchSize(tokens.rows()) : batchSize;
        TokenUsage usage = TokenUsage.ofTraining(tokens.tokens(), chosenEpochs);
        Forecast forecast = new Forecast(
                chosenEpochs,
                chosenBatch,
                new StepPlan(tokens.rows(), chosenBatch, chosenEpochs, 0).steps(),
                usage.training(),
                base.pricing().training().of(usage.training()),
                tokensPerSecond == null ? null : duration(usage.training(), tokensPerSecond));
        return new CheckReport(file, base, validation, forecast);
    }

    private static Duration duration(long tokens, double tokensPerSecond) {
        return Duration.ofMillis(Math.round(tokens * 1000.0 / tokensPerSecond));
    }
}
