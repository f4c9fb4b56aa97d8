package ai.luthier.text.data;

import ai.luthier.text.data.Problem.Kind;
import ai.luthier.text.data.Problem.Severity;
import org.jspecify.annotations.Nullable;

/** The findings of one row at a time: adds its line and counts its errors. Not safe for several threads. */
final class RowProblems {

    private final ProblemSink sink;
    private int line;
    private int errors;
    private @Nullable String place;

    RowProblems(ProblemSink sink) {
        this.sink = sink;
    }

    void startRow(int number) {
        line = number;
        errors = 0;
        place = null;
    }

    /**
     * Says that what follows lies inside this part of the row, such as {@code input.messages}; keys are then told with their whole
     * path and messages as an index in it.
     *
     * @param path null for the row itself
     */
    void within(@Nullable String path) {
        place = path;
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
        accept(Severity.ERROR, kind, message, key, detail);
    }

    void warn(Kind kind, int message, @Nullable String key, String detail) {
        accept(Severity.WARNING, kind, message, key, detail);
    }

    private void accept(Severity severity, Kind kind, int message, @Nullable String key, String detail) {
        if (place == null) {
            sink.accept(new Problem(severity, kind, line, message, key, detail));
            return;
        }
        String path = message > 0 ? place + "[" + (message - 1) + "]" : place;
        boolean whole = key == null || key.equals("__root__") || (message == 0 && ("." + path).endsWith("." + key));
        sink.accept(new Problem(severity, kind, line, 0, whole ? path : path + "." + key, detail));
    }
}
