package ai.luthier.text.check;

import ai.luthier.text.check.CheckReport.Forecast;
import ai.luthier.text.data.Problem;
import ai.luthier.text.data.TokenTotals;
import ai.luthier.text.data.TrainingFormat;
import ai.luthier.text.data.ValidationReport;
import java.time.Duration;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** A {@link CheckReport} for people, as lines of plain text. Thread-safe. */
public final class CheckText {

    private static final int SHOWN = 100;

    private CheckText() {}

    /** The report, each line ended by a newline. */
    public static String of(CheckReport report) {
        Formatter out = new Formatter(Locale.ROOT);
        ValidationReport validation = report.validation();
        out.format(
                "%s: %,d rows of %s, %,d bytes\n",
                report.file(), validation.rows(), formatName(validation.format()), validation.bytes());
        problems(out, "error", validation.errorCount(), validation.errors());
        problems(out, "warning", validation.warningCount(), validation.warnings());
        TokenTotals tokens = validation.tokens();
        if (tokens != null) {
            out.format("\n");
            out.format("Base      %s\n", report.base().id());
            out.format(
                    "Tokens    %,d in %,d rows, %,d of them learnt; the longest row has %,d (line %d)\n",
                    tokens.tokens(), tokens.rows(), tokens.supervised(), tokens.longest(), tokens.longestLine());
        }
        Forecast forecast = report.forecast();
        if (forecast != null) {
            forecast(out, forecast, report);
        }
        return out.toString();
    }

    private static void forecast(Formatter out, Forecast forecast, CheckReport report) {
        out.format(
                "Training  %,d epochs with batch size %,d: %,d steps, %,d tokens\n",
                forecast.epochs(), forecast.batchSize(), forecast.steps(), forecast.trainedTokens());
        Duration duration = forecast.duration();
        if (duration != null) {
            out.format("Time      about %s on this machine\n", time(duration));
        }
        out.format(
                "Price     %s USD at the list of %s; validation is free\n",
                forecast.price(), report.base().pricing().listed());
    }

    private static void problems(Formatter out, String what, long count, List<Problem> problems) {
        if (count == 0) {
            return;
        }
        out.format("\n");
        out.format("%,d %s%s\n", count, what, count == 1 ? "" : "s");
        problems.stream().limit(SHOWN).forEach(problem -> out.format("  %s\n", problem.text()));
        long more = count - Math.min(SHOWN, problems.size());
        if (more > 0) {
            out.format("  and %,d more\n", more);
        }
    }

    private static String formatName(@org.jspecify.annotations.Nullable TrainingFormat format) {
        return switch (format) {
            case null -> "no known format";
            case CHAT -> "chat messages";
            case COMPLETION -> "prompt/completion pairs";
            case PREFERENCE -> "preference pairs";
        };
    }

    private static String time(Duration duration) {
        long seconds = Math.max(1, Math.round(duration.toMillis() / 1000.0));
        if (seconds < 90) {
            return seconds == 1 ? "1 second" : seconds + " seconds";
        }
        long minutes = Math.round(seconds / 60.0);
        return minutes < 120 ? minutes + " minutes" : String.format(Locale.ROOT, "%.1f hours", minutes / 60.0);
    }
}
