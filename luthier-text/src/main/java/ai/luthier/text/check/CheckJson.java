package ai.luthier.text.check;

import ai.luthier.text.check.CheckReport.Forecast;
import ai.luthier.text.data.Problem;
import ai.luthier.text.data.ProblemWriter;
import ai.luthier.text.data.TokenTotals;
import ai.luthier.text.data.TrainingFormat;
import ai.luthier.text.data.ValidationReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A {@link CheckReport} for programs. Names stay as they are once released; new ones may come. Thread-safe. */
public final class CheckJson {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private CheckJson() {}

    /**
     * One JSON object: {@code file}, {@code base}, {@code ok}, {@code format}, {@code bytes}, {@code rows},
     * {@code error_count}, {@code warning_count}, {@code errors}, {@code warnings}, {@code tokens}, {@code forecast}; the
     * last two null where they are not known. Prices are decimals in strings.
     */
    public static String of(CheckReport report) {
        ValidationReport validation = report.validation();
        TrainingFormat format = validation.format();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("file", report.file());
        json.put("base", report.base().id());
        json.put("ok", validation.ok());
        json.put("format", format == null ? null : format.name().toLowerCase(Locale.ROOT));
        json.put("bytes", validation.bytes());
        json.put("rows", validation.rows());
        json.put("error_count", validation.errorCount());
        json.put("warning_count", validation.warningCount());
        json.put("errors", problems(validation.errors()));
        json.put("warnings", problems(validation.warnings()));
        json.put("tokens", tokens(validation.tokens()));
        json.put("forecast", forecast(report));
        return MAPPER.writeValueAsString(json);
    }

    private static List<Map<String, Object>> problems(List<Problem> problems) {
        return problems.stream().map(ProblemWriter::json).toList();
    }

    private static @Nullable Map<String, Object> tokens(@Nullable TokenTotals tokens) {
        if (tokens == null) {
            return null;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rows_trained", tokens.rows());
        json.put("per_epoch", tokens.tokens());
        json.put("supervised", tokens.supervised());
        json.put("longest", tokens.longest());
        json.put("longest_line", tokens.longestLine());
        json.put("overlong_rows", tokens.overlong());
        return json;
    }

    private static @Nullable Map<String, @Nullable Object> forecast(CheckReport report) {
        Forecast forecast = report.forecast();
        if (forecast == null) {
            return null;
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("n_epochs", forecast.epochs());
        json.put("batch_size", forecast.batchSize());
        json.put("steps", forecast.steps());
        json.put("trained_tokens", forecast.trainedTokens());
        json.put("price_usd", forecast.price().toString());
        json.put("price_list", report.base().pricing().listed().toString());
        java.time.Duration duration = forecast.duration();
        json.put("seconds", duration == null ? null : duration.toSeconds());
        return json;
    }
}
