package ai.luthier.text.data;

import org.jspecify.annotations.Nullable;

/**
 * How a training file is judged.
 *
 * @param fileName what messages call the file: its id or its path
 * @param purpose what it is for, as the first word of a sentence: {@code Training} or {@code Validation}
 * @param minimumExamples rows a file must have; 10 for training files, 1 for validation files
 * @param limit tokens a row may have: the smaller of the base's documented training context and the model's own
 * @param cutOverlong whether rows above the limit are cut at the end; otherwise they are errors
 * @param method that the job trains with; null where any will do that the file's format is for
 * @param kept errors, and likewise warnings, that the report keeps; the sink gets all of them
 * @param lineLimit bytes a line may have
 */
public record ValidationSettings(
        String fileName,
        String purpose,
        int minimumExamples,
        int limit,
        boolean cutOverlong,
        @Nullable JobMethod method,
        int kept,
        int lineLimit) {

    /** OpenAI's least number of training examples. */
    public static final int MINIMUM_EXAMPLES = 10;

    private static final int KEPT = 1000;

    public ValidationSettings {
        if (minimumExamples < 0 || limit < 1 || kept < 1 || lineLimit < 1) {
            throw new IllegalArgumentException("minimumExamples " + minimumExamples + ", limit " + limit + ", kept "
                    + kept + ", lineLimit " + lineLimit);
        }
    }

    /** For a training file of a supervised job: at least 10 rows, rows above {@code limit} tokens are errors. */
    public static ValidationSettings training(String fileName, int limit) {
        return new ValidationSettings(
                fileName,
                "Training",
                MINIMUM_EXAMPLES,
                limit,
                false,
                JobMethod.SUPERVISED,
                KEPT,
                LineReader.DEFAULT_LIMIT);
    }

    /** For a validation file of a supervised job: one row is enough. */
    public static ValidationSettings validation(String fileName, int limit) {
        return new ValidationSettings(
                fileName, "Validation", 1, limit, false, JobMethod.SUPERVISED, KEPT, LineReader.DEFAULT_LIMIT);
    }

    /** The same, but rows above the limit are cut at the end, as OpenAI does. */
    public ValidationSettings cuttingOverlong() {
        return new ValidationSettings(fileName, purpose, minimumExamples, limit, true, method, kept, lineLimit);
    }

    /** The same for a job of this method; null for whichever method the file's format is for. */
    public ValidationSettings forMethod(@Nullable JobMethod other) {
        return new ValidationSettings(fileName, purpose, minimumExamples, limit, cutOverlong, other, kept, lineLimit);
    }

    ValidationSettings withLineLimit(int bytes) {
        return new ValidationSettings(fileName, purpose, minimumExamples, limit, cutOverlong, method, kept, bytes);
    }

    ValidationSettings keeping(int problems) {
        return new ValidationSettings(
                fileName, purpose, minimumExamples, limit, cutOverlong, method, problems, lineLimit);
    }
}
