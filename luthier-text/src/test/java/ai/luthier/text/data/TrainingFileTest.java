package ai.luthier.text.data;

import static ai.luthier.text.data.TrainingFiles.fileOf;
import static ai.luthier.text.data.TrainingFiles.fileOfBytes;
import static ai.luthier.text.data.TrainingFiles.good;
import static ai.luthier.text.data.TrainingFiles.texts;
import static ai.luthier.text.data.TrainingFiles.validate;
import static ai.luthier.text.data.TrainingFiles.withFirst;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.text.data.Problem.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingFileTest {

    @TempDir
    Path directory;

    @Test
    void soundFilePasses() {
        ValidationReport report = validate(fileOf(directory, good(10)));
        assertThat(report.ok()).isTrue();
        assertThat(report.warnings()).isEmpty();
        assertThat(report.rows()).isEqualTo(10);
        assertThat(report.format()).isEqualTo(TrainingFormat.CHAT);
        assertThat(report.refusal("training_file")).isEmpty();
    }

    @Test
    void nineExamples_failWithOpenAisText() {
        UserError refusal = refusal(fileOf(directory, good(9)));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_N_EXAMPLES);
        assertThat(refusal.param()).contains("training_file");
        assertThat(refusal.text()).isEqualTo("Training file has 9 example(s), but must have at least 10 examples");
    }

    @Test
    void firstErrorBecomesTheJobsMessage() {
        TrainingFile file = withFirst(
                directory,
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Q\"}, {\"role\": \"assistant\", \"content\": 3}]}");
        assertThat(refusal(file).code()).isEqualTo(ErrorCode.INVALID_TRAINING_FILE);
        assertThat(refusal(file).text())
                .isEqualTo("The job failed due to an invalid training file. Invalid file format. Line 1, message 2, key"
                        + " \"content\": Input should be a valid string");
    }

    @Test
    void allErrorsComeAtOnce_andTheReportFileGetsThemAll() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            rows.add("{\"messages\": [{\"role\": \"user\", \"content\": " + i + "}]}");
        }
        StringWriter written = new StringWriter();
        ValidationReport report;
        try (ProblemWriter writer = new ProblemWriter(written)) {
            report = fileOf(directory, rows)
                    .validate(ValidationSettings.training("file-abc", 100).keeping(7), null, writer);
        }
        assertThat(report.errorCount()).isEqualTo(100);
        assertThat(report.errors()).hasSize(7);
        assertThat(report.counts()).containsEntry(Kind.SCHEMA, 50L).containsEntry(Kind.NO_ASSISTANT, 50L);
        assertThat(written.toString().lines()).hasSize(100);
        assertThat(written.toString().lines().findFirst())
                .contains(
                        "{\"severity\":\"error\",\"kind\":\"schema\",\"line\":1,\"message\":1,\"key\":\"content\",\"text\":\"Line 1,"
                                + " message 1, key \\\"content\\\": Input should be a valid string\"}");
    }

    @Test
    void byteOrderMarkCrLfAndBlankLinesAreAccepted() {
        String text = "\uFEFF" + String.join("\r\n", good(6)) + "\r\n\r\n  \n" + String.join("\n", good(4)) + "\n\n";
        TrainingFile file = fileOfBytes(directory, text.getBytes(StandardCharsets.UTF_8));
        ValidationReport report = validate(file);
        assertThat(texts(report.errors())).isEmpty();
        assertThat(report.rows()).isEqualTo(10);
        assertThat(texts(report.warnings()).getFirst())
                .isEqualTo("Line 9: The same row as line 1; it is trained on each time");
        try (Examples examples = file.examples()) {
            List<Integer> lines = new ArrayList<>();
            examples.forEachRemaining(example -> lines.add(example.line()));
            assertThat(lines).containsExactly(1, 2, 3, 4, 5, 6, 9, 10, 11, 12);
        }
    }

    @Test
    void bytesThatAreNotUtf8_nameLineAndColumn() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write((String.join("\n", good(10)) + "\n").getBytes(StandardCharsets.UTF_8));
        bytes.write("{\"prompt\": \"Zürich".getBytes(StandardCharsets.ISO_8859_1));
        ValidationReport report = validate(fileOfBytes(directory, bytes.toByteArray()));
        assertThat(texts(report.errors()))
                .containsExactly(
                        "Line 11: Not UTF-8: the byte 0xFC at column 14 starts no character. Save the file as UTF-8");
    }

    @Test
    void utf16_isNamed() {
        String text = "\uFEFF" + String.join("\r\n", good(10));
        assertThat(texts(validate(fileOfBytes(directory, text.getBytes(StandardCharsets.UTF_16LE)))
                        .errors()))
                .first()
                .isEqualTo("Line 1: Not UTF-8: the file starts as UTF-16 does. Save the file as UTF-8");
    }

    @Test
    void lineOfAHundredMegabytes_isNamedNotLoaded() throws IOException {
        Path path = directory.resolve("long.jsonl");
        LargeFiles.writeLongLine(path, 100_000_000);
        ValidationReport report = validate(TrainingFile.open(path));
        assertThat(texts(report.errors()))
                .containsExactly(
                        "Line 2: The line has 100,000,000 bytes; at most 8,388,608 are read. Each row must be a line"
                                + " of its own");
        assertThat(report.rows()).isEqualTo(12);
    }

    @Test
    void mixedFormats_nameTheFirstLine() {
        TrainingFile file = withFirst(directory, "{\"prompt\": \"a\", \"completion\": \"b\"}");
        assertThat(texts(validate(file).errors()))
                .hasSize(10)
                .first()
                .isEqualTo(
                        "Line 2: The row is chat messages, but line 1 is a prompt/completion pair. All rows of a file must"
                                + " have the same format");
    }

    @Test
    void promptCompletion() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            rows.add("{\"prompt\": \"" + i + "\", \"completion\": \" x\"}");
        }
        rows.add("{\"completion\": \"\", \"prompt\": \"9\", \"id\": 5}");
        TrainingFile file = fileOf(directory, rows);
        ValidationReport report = validate(file);
        assertThat(report.ok()).isTrue();
        assertThat(report.format()).isEqualTo(TrainingFormat.COMPLETION);
        assertThat(texts(report.warnings()))
                .containsExactly(
                        "Line 10, key \"completion\": The completion is empty; the row teaches to say nothing",
                        "Line 10, key \"id\": Key of a row without a meaning, ignored.");
        try (Examples examples = file.examples()) {
            assertThat(examples.next()).isEqualTo(new CompletionExample(1, "0", " x"));
        }
        assertThat(texts(validate(withFirst(directory, "{\"prompt\": [\"a\"]}")).errors())
                        .subList(0, 2))
                .containsExactly(
                        "Line 1, key \"prompt\": Input should be a valid string",
                        "Line 1, key \"completion\": Field required");
    }

    @Test
    void preferenceRows_getOpenAisMismatchText() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rows.add(
                    "{\"input\": {\"messages\": [" + i + "]}, \"preferred_output\": [], \"non_preferred_output\": []}");
        }
        assertThat(refusal(fileOf(directory, rows)).text())
                .isEqualTo(
                        "The job failed due to an invalid training file. Invalid file format. Input file file-abc is in the"
                                + " fine-tune-preference format, but the specified fine-tuning job is not using 'dpo' as the"
                                + " training method (provided method=supervised).");
    }

    @Test
    void warnings() {
        List<String> rows = new ArrayList<>();
        rows.add(
                "{\"messages\": [{\"role\": \"system\", \"content\": \"S\"}, {\"role\": \"user\", \"content\": \"\", \"weight\": 1},"
                        + " {\"role\": \"assistant\", \"content\": \"\"}], \"id\": 1}");
        rows.add(
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Q\"}, {\"role\": \"assistant\", \"content\": \"A\","
                        + " \"weight\": 0}], \"id\": 2}");
        rows.add("{\"messages\": [{\"role\": \"assistant\", \"content\": \"A\", \"wieght\": 0}, {\"role\": \"user\","
                + " \"content\": \"Q\"}], \"id\": 3}");
        rows.addAll(good(8));
        rows.addAll(good(2));
        ValidationReport report = validate(fileOf(directory, rows));
        assertThat(report.ok()).isTrue();
        assertThat(texts(report.warnings()))
                .containsExactly(
                        "Line 1, message 2, key \"weight\": Only answers are learnt; a weight on other messages has no effect",
                        "Line 1, message 3, key \"content\": The answer is empty; the row teaches to say nothing",
                        "Line 2, key \"messages\": Every answer has weight 0; the row will not be trained on",
                        "Line 3, message 2: The messages after the last answer are not used in training",
                        "1 of 13 rows have a system prompt; line 2 is the first without. Use the tuned model with the system"
                                + " prompt it was taught with.",
                        "Line 1, key \"id\": Key of a row without a meaning, ignored (3 times from here on).",
                        "Line 3, key \"wieght\": Key of a message without a meaning, ignored. Did you mean \"weight\"?",
                        "Line 12: The same row as line 4; it is trained on each time",
                        "Line 13: The same row as line 5; it is trained on each time");
    }

    @Test
    void rowsOverTheLimit_failWithAllLinesAndLengths() {
        TokenCounter counter = (example, limit) -> example.line() % 5 == 0
                ? RowTokens.of(1000 + example.line(), limit, 40, List.of())
                : RowTokens.of(10, limit, 5, List.of());
        ValidationReport report = validate(fileOf(directory, good(12)), counter);
        assertThat(report.refusal("training_file").orElseThrow().text())
                .isEqualTo(
                        "The job failed due to an invalid training file. Line 5: 1,005 tokens, at most 100 can be trained"
                                + " on; Line 10: 1,010 tokens, at most 100 can be trained on. Shorten these rows, or set"
                                + " luthier.overlong to \"truncate\" to cut them at the end.");
        assertThat(report.tokens()).isEqualTo(new TokenTotals(12, 300, 130, 1010, 10, 2));
    }

    @Test
    void rowOverTheLimit_isNotToldOfACutThatNobodyMakes() {
        TokenCounter counter = (example, limit) ->
                example.line() == 5 ? RowTokens.of(1000, limit, 0, List.of()) : RowTokens.of(10, limit, 5, List.of());
        ValidationReport report = validate(fileOf(directory, good(12)), counter);
        assertThat(report.ok()).isFalse();
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void truncation_warnsAndLeavesOutRowsWithoutAnAnswer() {
        TokenCounter counter = (example, limit) -> example.line() == 5
                ? RowTokens.of(1000, limit, 0, List.of())
                : RowTokens.of(example.line() == 6 ? 300 : 10, limit, 5, List.of());
        ValidationReport report = fileOf(directory, good(12))
                .validate(ValidationSettings.training("file-abc", 100).cuttingOverlong(), counter, ProblemSink.NONE);
        assertThat(report.ok()).isTrue();
        assertThat(texts(report.warnings()))
                .containsExactly(
                        "Line 5: 1,000 tokens, at most 100 can be trained on. The row is cut at the end",
                        "Line 5: Nothing of the answer is left after the cut; the row will not be trained on",
                        "Line 6: 300 tokens, at most 100 can be trained on. The row is cut at the end");
        assertThat(report.tokens()).isEqualTo(new TokenTotals(11, 100 + 10 * 10, 55, 1000, 5, 2));
    }

    @Test
    void whatTheCounterRefuses_isAnErrorOfTheRow() {
        TokenCounter counter = (example, limit) -> {
            if (example.line() == 3) {
                throw new UserError(ErrorCode.INVALID_TRAINING_FILE, null, "The template wants alternating roles.");
            }
            return RowTokens.of(
                    10, limit, example.line() == 4 ? 0 : 5, example.line() == 5 ? List.of("<|im_end|>") : List.of());
        };
        ValidationReport report = validate(fileOf(directory, good(12)), counter);
        assertThat(texts(report.errors())).containsExactly("Line 3: The template wants alternating roles.");
        assertThat(texts(report.warnings()))
                .containsExactly(
                        "Line 4: No token of the row is learnt; the row will not be trained on",
                        "Line 5: The text contains the special token <|im_end|>; it is trained on as ordinary text");
    }

    @Test
    void nothingToLearnInAnyRow_isAnError() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rows.add("{\"messages\": [{\"role\": \"assistant\", \"content\": \"" + i + "\", \"weight\": 0}]}");
        }
        ValidationReport report =
                validate(fileOf(directory, rows), (example, limit) -> RowTokens.of(10, limit, 0, List.of()));
        assertThat(texts(report.errors()))
                .containsExactly("No row has an answer to learn: every answer has weight 0 or lies behind the limit.");
    }

    @Test
    void validationFilesMayBeShort() {
        ValidationReport report = fileOf(directory, good(1))
                .validate(ValidationSettings.validation("file-v", 100), null, ProblemSink.NONE);
        assertThat(report.ok()).isTrue();
        assertThat(validate(fileOf(directory, List.of()))
                        .refusal("training_file")
                        .orElseThrow()
                        .text())
                .isEqualTo("Training file has 0 example(s), but must have at least 10 examples");
    }

    @Test
    void examplesRefuseABadRow() {
        try (Examples examples = withFirst(directory, "{\"messages\": [],}").examples()) {
            assertThatThrownBy(examples::next)
                    .isInstanceOf(UserError.class)
                    .hasMessageStartingWith("Invalid file format. Line 1");
        }
        assertThatThrownBy(() -> TrainingFile.open(directory.resolve("none.jsonl")))
                .hasMessageContaining("There is no file")
                .hasMessageContaining("none.jsonl");
        assertThatThrownBy(() -> TrainingFile.open(directory)).hasMessageContaining(directory + " is a directory");
    }

    private static UserError refusal(TrainingFile file) {
        return validate(file).refusal("training_file").orElseThrow();
    }
}
