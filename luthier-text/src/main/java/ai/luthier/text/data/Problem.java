package ai.luthier.text.data;

import org.jspecify.annotations.Nullable;

/**
 * One finding in a training file.
 *
 * @param severity an error keeps the file from being trained on, a warning does not
 * @param kind what sort of finding it is, for grouping and counting
 * @param line counted from 1; 0 where the finding is about the whole file
 * @param message of the row's messages, counted from 1; 0 where the finding is not about one message
 * @param key the JSON key at fault, {@code __root__} for the message as a whole
 * @param detail what is wrong, in OpenAI's words where these are known
 */
public record Problem(
        Severity severity,
        Kind kind,
        int line,
        int message,
        @Nullable String key,
        String detail) {

    public enum Severity {
        ERROR,
        WARNING
    }

    public enum Kind {
        NOT_UTF8,
        LINE_TOO_LONG,
        MALFORMED_JSON,
        /** The row is none of the known formats, or not the one the other rows have. */
        UNEXPECTED_FORMAT,
        /** The file is sound but for another training method. */
        METHOD_MISMATCH,
        /** A key is missing, has the wrong type or a value that is not allowed. */
        SCHEMA,
        MISSING_ROLE,
        DUPLICATE_KEY,
        NO_ASSISTANT,
        /** Images, audio or files in a row. */
        NOT_TEXT,
        /** More tokens than can be trained on; a warning where the row is cut. */
        OVERLONG,
        /** The chat template cannot render the row, or cannot say which part of it is the answer. */
        RENDERING,
        TOO_FEW_EXAMPLES,

        DUPLICATE_ROW,
        /** Both answers of a preference row are the same. */
        INDIFFERENT,
        NOTHING_SUPERVISED,
        EMPTY_ANSWER,
        SOME_SYSTEM_PROMPTS,
        UNKNOWN_KEY,
        /** A weight where it does nothing, messages after the last answer. */
        WITHOUT_EFFECT,
        /** Text of a special token inside content; it is trained on as ordinary text. */
        SPECIAL_TOKEN_TEXT
    }

    static Problem ofFile(Severity severity, Kind kind, String detail) {
        return new Problem(severity, kind, 0, 0, null, detail);
    }

    static Problem ofLine(Severity severity, Kind kind, int line, String detail) {
        return new Problem(severity, kind, line, 0, null, detail);
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** The whole finding as one sentence that names the place, as events and error messages show it. */
    public String text() {
        if (kind == Kind.MISSING_ROLE && message > 0) {
            return "Example " + line + ", message " + message + " " + detail;
        }
        if (line == 0) {
            return detail;
        }
        StringBuilder text = new StringBuilder("Line ").append(line);
        if (message > 0) {
            text.append(", message ").append(message);
        }
        if (key != null) {
            text.append(", key \"").append(key).append('"');
        }
        return text.append(": ").append(detail).toString();
    }
}
