package ai.luthier.text.data;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.data.Problem.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a file is, and everything that is wrong with it.
 *
 * @param format of the rows; null where no row has a known one
 * @param bytes of the file
 * @param rows lines that are not blank
 * @param errorCount all errors
 * @param warningCount all warnings
 * @param errors the first errors, in the order of the file, then those about the file as a whole
 * @param warnings the first warnings
 * @param counts findings by kind, all of them
 * @param tokens null where no {@link TokenCounter} was given
 */
public record ValidationReport(
        @Nullable TrainingFormat format,
        long bytes,
        int rows,
        long errorCount,
        long warningCount,
        List<Problem> errors,
        List<Problem> warnings,
        Map<Kind, Long> counts,
        @Nullable TokenTotals tokens) {

    private static final int LISTED_LINES = 100;

    public ValidationReport {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
        counts = Map.copyOf(counts);
    }

    /** Whether the file can be trained on. */
    public boolean ok() {
        return errorCount == 0;
    }

    /**
     * The error with which a job on this file fails, in OpenAI's words; empty where the file is sound.
     *
     * @param param {@code training_file} or {@code validation_file}
     */
    public Optional<UserError> refusal(String param) {
        if (ok()) {
            return Optional.empty();
        }
        Problem first = errors.stream()
                .filter(error -> error.kind() == Kind.METHOD_MISMATCH) // says more than what is wrong with such rows
                .findFirst()
                .orElse(errors.getFirst());
        return Optional.of(
                switch (first.kind()) {
                    case TOO_FEW_EXAMPLES -> new UserError(ErrorCode.INVALID_N_EXAMPLES, param, first.text());
                    case OVERLONG -> invalid(param, overlong());
                    default -> invalid(param, "Invalid file format. " + first.text());
                });
    }

    private static UserError invalid(String param, String reason) {
        String which = param.equals("validation_file") ? "validation" : "training";
        return new UserError(
                ErrorCode.INVALID_TRAINING_FILE,
                param,
                "The job failed due to an invalid " + which + " file. " + reason);
    }

    private String overlong() {
        List<Problem> rows =
                errors.stream().filter(error -> error.kind() == Kind.OVERLONG).toList();
        long all = counts.getOrDefault(Kind.OVERLONG, (long) rows.size());
        String lines = rows.stream()
                .limit(LISTED_LINES)
                .map(Problem::text)
                .map(text -> text.substring(0, text.indexOf('.')))
                .collect(Collectors.joining("; "));
        String more = all > LISTED_LINES ? String.format(Locale.ROOT, "; and %,d more", all - LISTED_LINES) : "";
        return lines + more + ". Shorten these rows, or set luthier.overlong to \"truncate\" to cut them at the end.";
    }
}
