package ai.luthier.text.data;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A JSONL training file on disk, never held in memory as a whole.
 *
 * <p>{@link #validate} judges it in one streaming pass; {@link #examples} reads the rows of a file that passed. Lines end
 * with {@code \n} or {@code \r\n}, blank lines are skipped, a UTF-8 byte order mark is accepted. Immutable and
 * thread-safe; each call opens the file anew.
 */
public final class TrainingFile {

    private final Path path;

    private TrainingFile(Path path) {
        this.path = path;
    }

    /**
     * The file at {@code path}; nothing is read yet.
     *
     * @throws UserError ({@link ErrorCode#FILE_NOT_FOUND}) if there is no readable file
     */
    public static TrainingFile open(Path path) {
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw new UserError(ErrorCode.FILE_NOT_FOUND, null, missing(path));
        }
        return new TrainingFile(path);
    }

    private static String missing(Path path) {
        if (Files.isDirectory(path)) {
            return path + " is a directory. Name the JSONL file in it.";
        }
        return Files.exists(path)
                ? path + " is no file that this user can read."
                : "There is no file " + path + " (looked for in " + Path.of("").toAbsolutePath() + ").";
    }

    public Path path() {
        return path;
    }

    /**
     * Judges every row: all errors and warnings, and the tokens where {@code counter} is given.
     *
     * <p>Memory: one line (at most {@link ValidationSettings#lineLimit()}), 8 bytes a row and the findings that the
     * report keeps, however large the file is.
     *
     * @param counter null to look at the rows only
     * @param sink gets every finding as soon as it is made
     */
    public ValidationReport validate(ValidationSettings settings, @Nullable TokenCounter counter, ProblemSink sink) {
        try {
            return new Validation(this, settings, counter, sink).run();
        } catch (IOException e) {
            throw new UncheckedIOException("Reading " + path, e);
        }
    }

    /**
     * The rows in the order of the file, one at a time; close it when done.
     *
     * @return an iterator whose {@code next} throws {@link UserError} ({@link ErrorCode#INVALID_TRAINING_FILE}) at a row
     *     with an error
     */
    public Examples examples() {
        try {
            return new Examples(lines(LineReader.DEFAULT_LIMIT));
        } catch (IOException e) {
            throw new UncheckedIOException("Reading " + path, e);
        }
    }

    LineReader lines(int limit) throws IOException {
        return new LineReader(Files.newInputStream(path), limit);
    }
}
