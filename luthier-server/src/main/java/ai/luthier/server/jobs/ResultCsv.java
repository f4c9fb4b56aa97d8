package ai.luthier.server.jobs;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result file of a job, in OpenAI's columns: a line for each step, five decimals without trailing zeros ({@code 1,1.52347,0.0,,}),
 * nothing where no validation was done. A step that looked at all validation rows shows that value. What the method measured
 * besides follows in columns of its own: {@code rewards/margins} and, of validation rows, {@code valid_rewards/margins}.
 */
public final class ResultCsv {

    private static final String HEADER = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy";

    private static final String FULL = "full_";

    private ResultCsv() {}

    /** @param steps in order */
    public static String of(List<StepMetrics> steps) {
        List<String> more = columns(steps);
        var text = new StringBuilder(HEADER);
        more.forEach(column -> text.append(',').append(column));
        text.append('\n');
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
                    .append(number(full ? step.fullValidAccuracy() : step.validAccuracy()));
            more.forEach(column -> text.append(',').append(number(more(step, column, full))));
            text.append('\n');
        }
        return text.toString();
    }

    /** Names of what was measured besides, those of a whole validation under the names of a part of it. */
    private static List<String> columns(List<StepMetrics> steps) {
        return steps.stream()
                .flatMap(step -> step.more().keySet().stream())
                .map(name -> name.startsWith(FULL) ? name.substring(FULL.length()) : name)
                .distinct()
                .toList();
    }

    private static @Nullable Double more(StepMetrics step, String column, boolean full) {
        return step.more().get(full && column.startsWith("valid_") ? FULL + column : column);
    }

    private static String number(@Nullable Double value) {
        if (value == null) {
            return "";
        }
        var rounded = new BigDecimal(value).setScale(5, RoundingMode.HALF_EVEN).stripTrailingZeros();
        return (rounded.scale() < 1 ? rounded.setScale(1) : rounded).toPlainString();
    }
}
