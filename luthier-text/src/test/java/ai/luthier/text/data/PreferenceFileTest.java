package ai.luthier.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of preferences: what they must be, and every complaint with its place. */
class PreferenceFileTest {

    private static final String GOOD = "{\"input\": {\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]},"
            + " \"preferred_output\": [{\"role\": \"assistant\", \"content\": \"Hello.\"}],"
            + " \"non_preferred_output\": [{\"role\": \"assistant\", \"content\": \"Go away.\"}]}";

    @TempDir
    Path folder;

    private ValidationReport validate(@Nullable JobMethod method, List<String> rows) throws IOException {
        Path file = Files.write(folder.resolve("pairs.jsonl"), rows);
        return TrainingFile.open(file)
                .validate(
                        ValidationSettings.training("file-1", 100).forMethod(method),
                        (_, limit) -> new RowTokens(12, 15, 5, List.of()),
                        ProblemSink.NONE);
    }

    private List<String> errors(String row) throws IOException {
        List<String> rows = new ArrayList<>(Collections.nCopies(9, GOOD));
        rows.add(row);
        return validate(JobMethod.DPO, rows).errors().stream()
                .map(Problem::text)
                .toList();
    }

    private List<String> warnings(String row) throws IOException {
        List<String> rows = new ArrayList<>(Collections.nCopies(9, GOOD));
        rows.add(row);
        return validate(JobMethod.DPO, rows).warnings().stream()
                .filter(problem -> problem.kind() != Problem.Kind.DUPLICATE_ROW)
                .map(Problem::text)
                .toList();
    }

    @Test
    void soundPairs_areCountedOnce() throws IOException {
        ValidationReport report = validate(JobMethod.DPO, Collections.nCopies(10, GOOD));
        assertThat(report.errors()).isEmpty();
        assertThat(report.format()).isEqualTo(TrainingFormat.PREFERENCE);
        assertThat(report.tokens()).isEqualTo(new TokenTotals(10, 150, 50, 12, 1, 0));
    }

    @Test
    void aRowIsReadAsOneConversationWithTwoAnswers() throws IOException {
        String row = "{\"non_preferred_completion\": [{\"role\": \"assistant\", \"content\": [{\"type\": \"text\","
                + " \"text\": \"No.\"}]}], \"preferred_completion\": [{\"role\": \"assistant\", \"content\": \"Yes.\"}],"
                + " \"input\": {\"parallel_tool_calls\": true, \"tools\": [{\"type\": \"function\", \"function\":"
                + " {\"name\": \"f\", \"parameters\": {}}}], \"messages\": [{\"role\": \"developer\", \"content\": \"Be"
                + " kind.\"}, {\"role\": \"user\", \"content\": \"Well?\"}]}}";
        assertThat(errors(row)).isEmpty();
        try (Examples examples = TrainingFile.open(Files.writeString(folder.resolve("one.jsonl"), row))
                .examples()) {
            PreferenceExample pair = (PreferenceExample) examples.next();
            assertThat(pair.preferred().conversation().messages())
                    .extracting(message -> message.get("role") + ": " + message.get("content"))
                    .containsExactly("system: Be kind.", "user: Well?", "assistant: Yes.");
            assertThat(pair.nonPreferred().conversation().messages().getLast()).containsEntry("content", "No.");
            assertThat(pair.preferred().supervisedTurns()).containsExactly(false, false, true);
            assertThat(pair.preferred().conversation().tools()).hasSize(1);
            assertThat(pair.preferred().conversation().variables()).isEqualTo(Map.of("parallel_tool_calls", true));
            assertThat(pair.indifferent()).isFalse();
        }
    }

    @Test
    void everyErrorOfARowIsToldAtOnce_withItsPath() throws IOException {
        String row =
                "{\"input\": {\"messages\": [{\"role\": \"user\"}, {\"content\": \"x\"}], \"parallel_tool_calls\": 1,"
                        + " \"tools\": [{\"type\": \"function\"}]}, \"preferred_output\": [{\"role\": \"user\", \"content\": \"a\"}],"
                        + " \"non_preferred_output\": [{\"role\": \"assistant\", \"content\": \"a\"}, {\"role\": \"assistant\"}]}";
        assertThat(errors(row))
                .containsExactly(
                        "Line 10, key \"input.messages[0].content\": Field required",
                        "Line 10, key \"input.messages[1].role\": Discriminator 'role' is missing in value",
                        "Line 10, key \"input.parallel_tool_calls\": Input should be a valid boolean",
                        "Line 10, key \"input.tools[0].function\": Field required",
                        "Line 10, key \"preferred_output\": The message should have the role 'assistant'",
                        "Line 10, key \"non_preferred_output[1]\": At least one of content or function_call must be set.",
                        "Line 10, key \"non_preferred_output\": List should have at most 1 item after validation, not 2. A"
                                + " preference is about one answer: put what was said before it into input.messages");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{\"input\": {}, \"preferred_output\": []} | Line 10, key \"input.messages\": Field required"
                        + " ; Line 10, key \"preferred_output\": List should have at least 1 item after validation, not 0"
                        + " ; Line 10, key \"non_preferred_output\": Field required",
                "{\"preferred_output\": \"a\", \"non_preferred_output\": null} | Line 10, key \"preferred_output\": Input"
                        + " should be a valid list ; Line 10, key \"non_preferred_output\": Input should be a valid list"
                        + " ; Line 10, key \"input\": Field required",
                "{\"input\": {\"messages\": []}, \"preferred_output\": [1], \"non_preferred_output\": [{\"role\":"
                        + " \"assistant\", \"content\": [{\"type\": \"image_url\"}]}]} | Line 10, key \"input.messages\":"
                        + " List should have at least 1 item after validation, not 0 ; Line 10, key"
                        + " \"preferred_output[0]\": Input should be a valid dictionary ; Line 10, key"
                        + " \"non_preferred_output[0].content[0]\": Images cannot be trained on: rows are text only. Remove"
                        + " this part",
                "{\"input\": 5, \"preferred_output\": [{\"role\": \"assistant\", \"content\": \"a\"}],"
                        + " \"preferred_completion\": [{\"role\": \"assistant\", \"content\": \"a\"}],"
                        + " \"non_preferred_output\": [{\"role\": \"assistant\", \"content\": \"b\"}]} | Line 10, key"
                        + " \"input\": Input should be a valid dictionary ; Line 10, key \"preferred_completion\": The same"
                        + " as \"preferred_output\"; give one of them",
            })
    void wrongRows(String row, String expected) throws IOException {
        assertThat(errors(row)).containsExactly(expected.split(" ; "));
    }

    @Test
    void whatTeachesNothingIsWarnedOf() throws IOException {
        assertThat(warnings(GOOD.replace("Go away.", "Hello.")))
                .containsExactly("Line 10: Both outputs are the same; the row prefers nothing and teaches nothing");
        assertThat(warnings(GOOD.replace("\"Hello.\"", "\"Hello.\", \"weight\": 0")))
                .containsExactly("Line 10, key \"preferred_output\": Preferences have no weights; the weight 0 has no"
                        + " effect");
        assertThat(warnings(GOOD.replace("\"user\"", "\"assistant\"")))
                .containsExactly(
                        "Line 10, key \"input.messages\": The input ends with an answer already; the outputs are"
                                + " trained on as further answers behind it");
        assertThat(warnings(GOOD.replace("{\"input\"", "{\"id\": 3, \"input\"")))
                .containsExactly("Line 10, key \"id\": Key of a row without a meaning, ignored.");
    }

    @Test
    void aFileForTheOtherMethodIsRefusedInOpenAisWords() throws IOException {
        String chat =
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\":"
                        + " \"Hello.\"}]}";
        assertThat(validate(JobMethod.DPO, Collections.nCopies(10, chat))
                        .refusal("training_file")
                        .orElseThrow()
                        .text())
                .isEqualTo(
                        "The job failed due to an invalid training file. Invalid file format. Input file file-1 is in the"
                                + " fine-tune-chat format, but the specified fine-tuning job is not using 'supervised' as the"
                                + " training method (provided method=dpo).");
        assertThat(validate(JobMethod.SUPERVISED, Collections.nCopies(10, GOOD))
                        .refusal("training_file")
                        .orElseThrow()
                        .text())
                .endsWith(
                        "is in the fine-tune-preference format, but the specified fine-tuning job is not using 'dpo' as"
                                + " the training method (provided method=supervised).");
        assertThat(validate(null, Collections.nCopies(10, GOOD)).ok()).isTrue();
        assertThat(errors(chat))
                .containsExactly(
                        "Line 10: The row is chat messages, but line 1 is a preference pair. All rows of a file must"
                                + " have the same format");
    }
}
