package ai.luthier.text.data;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.data.Problem.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The rows of a {@link TrainingFile}, read as they are asked for. Not safe for several threads; must be closed. */
public final class Examples implements Iterator<Example>, AutoCloseable {

    private final LineReader lines;
    private final RowProblems problems = new RowProblems(Examples::refuse);
    private final RowScanner scanner = new RowScanner(problems, new UnknownKeys());
    private @Nullable TrainingFormat format;
    private boolean ready;

    Examples(LineReader lines) {
        this.lines = lines;
    }

    @Override
    public boolean hasNext() {
        try {
            while (!ready && lines.next()) {
                ready = !lines.blank();
            }
            return ready;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Example next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        ready = false;
        problems.startRow(lines.number());
        if (lines.overlong()) {
            problems.error(Kind.LINE_TOO_LONG, 0, null, "The line has " + lines.length() + " bytes");
        }
        int malformed = Utf8.firstMalformed(lines.bytes(), lines.start(), lines.end());
        if (malformed >= 0) {
            problems.error(Kind.NOT_UTF8, 0, null, Validation.notUtf8(lines, malformed));
        }
        TrainingFormat found =
                scanner.scan(lines.bytes(), lines.start(), lines.end()).format();
        if (format == null) {
            format = found;
        }
        if (found != format) {
            problems.error(Kind.UNEXPECTED_FORMAT, 0, null, "The row has another format than those before it");
        }
        return ExampleReader.read(lines.bytes(), lines.start(), lines.end(), lines.number());
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void refuse(Problem problem) {
        if (problem.isError()) {
            throw new UserError(
                    ErrorCode.INVALID_TRAINING_FILE, "training_file", "Invalid file format. " + problem.text());
        }
    }
}
