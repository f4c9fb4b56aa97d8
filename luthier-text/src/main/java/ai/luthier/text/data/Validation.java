package ai.luthier.text.data;

import ai.luthier.api.UserError;
import ai.luthier.text.data.Problem.Kind;
import ai.luthier.text.data.Problem.Severity;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One validation of one file: a pass over its lines, the findings about the file as a whole, and a second pass only where
 * rows repeat each other. Used once, by one thread.
 */
final class Validation {

    private final TrainingFile file;
    private final ValidationSettings settings;
    private final @Nullable TokenCounter counter;
    private final ProblemTally tally;
    private final UnknownKeys unknownKeys = new UnknownKeys();
    private final DuplicateRows duplicates = new DuplicateRows();
    private final RowProblems problems;
    private final RowScanner scanner;

    private @Nullable TrainingFormat format;
    private int formatLine;
    private int rows;
    private int chatRows;
    private int systemRows;
    private int firstWithout;
    private TokenTotals tokens = TokenTotals.NONE;

    Validation(TrainingFile file, ValidationSettings settings, @Nullable TokenCounter counter, ProblemSink sink) {
        this.file = file;
        this.settings = settings;
        this.counter = counter;
        this.tally = new ProblemTally(settings.kept(), sink);
        this.problems = new RowProblems(tally);
        this.scanner = new RowScanner(problems, unknownKeys);
    }

    ValidationReport run() throws IOException {
        long bytes;
        try (LineReader lines = file.lines(settings.lineLimit())) {
            while (lines.next()) {
                if (!lines.blank()) {
                    rows++;
                    problems.startRow(lines.number());
                    row(lines);
                }
            }
            bytes = lines.consumed();
        }
        wholeFile();
        if (duplicates.endOfFirstPass() > 0) {
            reportDuplicates();
        }
        return new ValidationReport(
                format,
                bytes,
                rows,
                tally.errorCount(),
                tally.warningCount(),
                tally.errors(),
                tally.warnings(),
                tally.counts(),
                counter == null ? null : tokens);
    }

    private void row(LineReader lines) {
        if (!readable(lines)) {
            return;
        }
        duplicates.add(RowHash.of(lines.bytes(), lines.start(), lines.end()));
        RowFacts facts = scanner.scan(lines.bytes(), lines.start(), lines.end());
        TrainingFormat rowFormat = facts.format();
        if (rowFormat == null || !fitsFile(rowFormat)) {
            return;
        }
        if (rowFormat != TrainingFormat.COMPLETION) {
            countSystem(facts);
        }
        if (problems.sound() && counter != null && !mismatch(rowFormat)) {
            count(counter, facts, lines);
        }
    }

    /** Whether the line is short enough and UTF-8, so that its JSON can be looked at. */
    private boolean readable(LineReader lines) {
        if (lines.overlong()) {
            problems.error(
                    Kind.LINE_TOO_LONG,
                    0,
                    null,
                    String.format(
                            Locale.ROOT,
                            "The line has %,d bytes; at most %,d are read. Each row must be a line of its own",
                            lines.length(),
                            settings.lineLimit()));
            return false;
        }
        int malformed = Utf8.firstMalformed(lines.bytes(), lines.start(), lines.end());
        if (malformed >= 0) {
            problems.error(Kind.NOT_UTF8, 0, null, notUtf8(lines, malformed));
            return false;
        }
        return true;
    }

    /** What to say of a line with the malformed byte {@code at}. */
    static String notUtf8(LineReader lines, int at) {
        if (lines.number() == 1 && startsAsUtf16(lines)) {
            return "Not UTF-8: the file starts as UTF-16 does. Save the file as UTF-8";
        }
        int column = Utf8.codePoints(lines.bytes(), lines.start(), at) + 1;
        return String.format(
                Locale.ROOT,
                "Not UTF-8: the byte 0x%02X at column %d starts no character. Save the file as UTF-8",
                lines.bytes()[at] & 0xFF,
                column);
    }

    private static boolean startsAsUtf16(LineReader lines) {
        if (lines.end() - lines.start() < 2) {
            return false;
        }
        int first = lines.bytes()[lines.start()] & 0xFF;
        int second = lines.bytes()[lines.start() + 1] & 0xFF;
        return (first == 0xFF && second == 0xFE) || (first == 0xFE && second == 0xFF);
    }

    private boolean fitsFile(TrainingFormat rowFormat) {
        if (format == null) {
            format = rowFormat;
            formatLine = problems.line();
            if (mismatch(rowFormat)) {
                reportMismatch(rowFormat);
            }
        }
        if (format != rowFormat) {
            problems.error(
                    Kind.UNEXPECTED_FORMAT,
                    0,
                    null,
                    "The row is " + rowFormat.row() + ", but line " + formatLine + " is " + format.row()
                            + ". All rows of a file must have the same format");
            return false;
        }
        return true;
    }

    private boolean mismatch(TrainingFormat rowFormat) {
        return settings.method() != null && settings.method() != rowFormat.method();
    }

    private void reportMismatch(TrainingFormat found) {
        JobMethod method = Objects.requireNonNull(settings.method());
        tally.accept(Problem.ofFile(
                Severity.ERROR,
                Kind.METHOD_MISMATCH,
                "Input file " + settings.fileName() + " is in the " + found.wireName()
                        + " format, but the specified fine-tuning job is not using '"
                        + found.method().wireName() + "' as the training method (provided method=" + method.wireName()
                        + ")."));
    }

    private void countSystem(RowFacts facts) {
        chatRows++;
        if (facts.system()) {
            systemRows++;
        } else if (firstWithout == 0) {
            firstWithout = problems.line();
        }
    }

    private void count(TokenCounter count, RowFacts facts, LineReader lines) {
        RowTokens row;
        try {
            Example example = ExampleReader.read(lines.bytes(), lines.start(), lines.end(), lines.number());
            if (example instanceof PreferenceExample pair && pair.indifferent()) {
                problems.warn(
                        Kind.INDIFFERENT,
                        0,
                        null,
                        "Both outputs are the same; the row prefers nothing and teaches nothing");
            }
            row = count.count(example, settings.limit());
        } catch (UserError e) {
            problems.error(Kind.RENDERING, 0, null, e.text());
            return;
        }
        tokens = tokens.plus(row, lines.number(), settings.limit());
        boolean overlong = row.tokens() > settings.limit();
        if (overlong) {
            overlong(row);
        }
        boolean refused = overlong && !settings.cutOverlong();
        if (row.supervised() == 0 && facts.supervised() > 0 && !refused) {
            problems.warn(
                    Kind.NOTHING_SUPERVISED,
                    0,
                    null,
                    overlong
                            ? "Nothing of the answer is left after the cut; the row will not be trained on"
                            : "No token of the row is learnt; the row will not be trained on");
        }
        for (String special : row.specialTokens()) {
            problems.warn(
                    Kind.SPECIAL_TOKEN_TEXT,
                    0,
                    null,
                    "The text contains the special token " + special + "; it is trained on as ordinary text");
        }
    }

    private void overlong(RowTokens row) {
        String length =
                String.format(Locale.ROOT, "%,d tokens, at most %,d can be trained on", row.tokens(), settings.limit());
        if (settings.cutOverlong()) {
            problems.warn(Kind.OVERLONG, 0, null, length + ". The row is cut at the end");
        } else {
            problems.error(
                    Kind.OVERLONG,
                    0,
                    null,
                    length + ". Shorten the row, or set luthier.overlong to \"truncate\" to cut it at the end");
        }
    }

    private void wholeFile() {
        if (rows < settings.minimumExamples()) {
            tally.accept(Problem.ofFile(
                    Severity.ERROR,
                    Kind.TOO_FEW_EXAMPLES,
                    settings.purpose() + " file has " + rows + " example(s), but must have at least "
                            + settings.minimumExamples() + " examples"));
        } else if (counter != null && tally.errorCount() == 0 && tokens.rows() == 0) {
            tally.accept(Problem.ofFile(
                    Severity.ERROR,
                    Kind.NOTHING_SUPERVISED,
                    "No row has an answer to learn: every answer has weight 0 or lies behind the limit."));
        }
        if (systemRows > 0 && systemRows < chatRows) {
            tally.accept(Problem.ofFile(
                    Severity.WARNING,
                    Kind.SOME_SYSTEM_PROMPTS,
                    String.format(
                            Locale.ROOT,
                            "%,d of %,d rows have a system prompt; line %d is the first without. Use the tuned model with the"
                                    + " system prompt it was taught with.",
                            systemRows,
                            chatRows,
                            firstWithout)));
        }
        unknownKeys.report(tally);
    }

    private void reportDuplicates() throws IOException {
        try (LineReader lines = file.lines(settings.lineLimit())) {
            while (lines.next()) {
                if (lines.blank() || lines.overlong()) {
                    continue;
                }
                int first =
                        duplicates.firstLineOf(RowHash.of(lines.bytes(), lines.start(), lines.end()), lines.number());
                if (first > 0) {
                    tally.accept(Problem.ofLine(
                            Severity.WARNING,
                            Kind.DUPLICATE_ROW,
                            lines.number(),
                            "The same row as line " + first + "; it is trained on each time"));
                }
            }
        }
    }
}
