package ai.luthier.text.data;

import ai.luthier.text.data.Problem.Kind;
import ai.luthier.text.data.Problem.Severity;
import org.jspecify.annotations.Nullable;

/** The findings of one row at a time: adds its line and counts its errors. Not safe for several threads. */
final class RowProblems {

    private final ProblemSink sink;
    private int line;
    private int errors;

    RowProblems(ProblemSink sink) {
        this.sink = sink;
    }

    void startRow(int number) {
        line = number;
        errors = 0;
    }

    int line() {
        return line;
    }

    /** Whether the current row had no error so far. */
    boolean sound() {
        return errors == 0;
    }

    /** An error in a place of the row; {@code message} 0 and {@code key} null mean the row itself. */
    void error(Kind kind, int message, @Nullable String key, String detail) {
        errors++;
        sink.accept(new Problem(Severity.ERROR, kind, line, message, key, detail));
    }

    void warn(Kind kind, int message, @Nullable String key, String detail) {
        sink.accept(new Problem(Severity.WARNING, kind, line, message, key, detail));
    }
}
