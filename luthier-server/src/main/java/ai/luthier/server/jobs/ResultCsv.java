package ai.luthier.server.jobs;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result file of a job, in OpenAI's columns: a line for each step, five decimals without trailing zeros ({@code 1,1.52347,0.0,,}),
 * nothing where no validation was done. A step that looked at all validation rows shows that value.
 */
public final class ResultCsv {

    private static final String HEADER = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy";

    private ResultCsv() {}

    /** @param steps in order */
    public static String of(List<StepMetrics> steps) {
        var text = new StringBuilder(HEADER).append('\n');
        for (StepMetrics step : steps) {
            boolean full = step.fullValidLoss() != null;
            text.append(step.step())
                    .append(',')
                    .append(number(step.trainLoss()))
                    .append(',')
                    .append(number(step.trainAccuracy()))
                    .append(',')
                    .append(number(full ? step.fullValidLoss() : step.validLoss()))
                    .append(',')
                    .append(number(full ? step.fullValidAccuracy() : step.validAccuracy()))
                    .append('\n');
        }
        return text.toString();
    }

    private static String number(@Nullable Double value) {
        if (value == null) {
            return "";
        }
        var rounded = new BigDecimal(value).setScale(5, RoundingMode.HALF_EVEN).stripTrailingZeros();
        return (rounded.scale() < 1 ? rounded.setScale(1) : rounded).toPlainString();
    }
}
