package ai.luthier.text.data;

import static ai.luthier.text.data.TrainingFiles.texts;
import static ai.luthier.text.data.TrainingFiles.validate;
import static ai.luthier.text.data.TrainingFiles.withFirst;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** Every row here has exactly the errors beside it; OpenAI's words where these are recorded. */
class BadRowsTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @FieldSource("ROWS")
    void isRefused(String row, String... errors) {
        ValidationReport report = validate(withFirst(directory, row));
        assertThat(texts(report.errors())).containsExactly(errors);
        assertThat(report.ok()).isFalse();
        assertThat(report.rows()).isEqualTo(11);
    }

    private static final String USER = "{\"role\": \"user\", \"content\": \"Q\"}";
    private static final String ANSWER = "{\"role\": \"assistant\", \"content\": \"A\"}";

    static final List<Arguments> ROWS = List.of(
            row(
                    chat(USER, ANSWER, "{\"role\": \"assistant\", \"content\": {\"text\": \"A\"}}"),
                    "Line 1, message 3, key \"content\": Input should be a valid string"),
            row(
                    chat(USER, "{\"role\": \"assistant\"}"),
                    "Line 1, message 2, key \"__root__\": At least one of content or function_call must be set."),
            row(
                    chat(USER, "{\"role\": \"assistant\", \"content\": null, \"tool_calls\": []}"),
                    "Line 1, message 2, key \"__root__\": At least one of content or function_call must be set."),
            row(
                    chat(USER, "{\"content\": \"A\"}", ANSWER),
                    "Example 1, message 2 Discriminator 'role' is missing in value"),
            row(
                    chat(USER, "{\"content\": \"A\", \"role\": \"bot\"}", ANSWER),
                    "Line 1, message 2, key \"role\": Input should be 'system', 'developer', 'user', 'assistant', 'tool' or"
                            + " 'function', not 'bot'"),
            row(
                    chat("{\"role\": 3, \"content\": \"Q\"}", ANSWER),
                    "Line 1, message 1, key \"role\": Input should be a valid string"),
            row(
                    chat(USER),
                    "Line 1, key \"messages\": No message has the role 'assistant', so there is no answer to learn. Add the"
                            + " answer the model should give"),
            row(chat(), "Line 1, key \"messages\": List should have at least 1 item after validation, not 0"),
            row("{\"messages\": {}}", "Line 1, key \"messages\": Input should be a valid list"),
            row(chat("\"Q\"", ANSWER), "Line 1, message 1: Input should be a valid dictionary"),
            row(chat("{\"role\": \"user\"}", ANSWER), "Line 1, message 1, key \"content\": Field required"),
            row(
                    chat("{\"role\": \"system\", \"content\": null}", ANSWER),
                    "Line 1, message 1, key \"content\": Input should be a valid string"),
            row(
                    chat(USER, "{\"role\": \"assistant\", \"content\": \"A\", \"weight\": 0.5}"),
                    "Line 1, message 2, key \"weight\": Input should be 0 or 1"),
            row(
                    chat(USER, "{\"role\": \"assistant\", \"content\": \"A\", \"weight\": true}"),
                    "Line 1, message 2, key \"weight\": Input should be 0 or 1"),
            row(
                    chat(USER, "{\"role\": \"tool\", \"content\": \"21\"}", ANSWER),
                    "Line 1, message 2, key \"tool_call_id\": Field required"),
            row(
                    chat(USER, "{\"role\": \"function\", \"content\": \"21\"}", ANSWER),
                    "Line 1, message 2, key \"name\": Field required"),
            row(
                    chat("{\"role\": \"user\", \"content\": \"Q\", \"name\": 5}", ANSWER),
                    "Line 1, message 1, key \"name\": Input should be a valid string"),
            row(
                    chat(
                            "{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"What?\"}, {\"type\": \"image_url\","
                                    + " \"image_url\": {\"url\": \"https://example.org/a.png\"}}]}",
                            ANSWER),
                    "Line 1, message 1, key \"content[1]\": Images cannot be trained on: rows are text only. Remove this part"),
            row(
                    chat(
                            "{\"role\": \"user\", \"content\": [{\"type\": \"input_audio\", \"input_audio\": {\"data\": \"\"}},"
                                    + " {\"type\": \"text\"}, {\"text\": \"a\"}, 7, {\"type\": \"video\"}]}",
                            ANSWER),
                    "Line 1, message 1, key \"content[0]\": Audio cannot be trained on: rows are text only. Remove this part",
                    "Line 1, message 1, key \"content[1].text\": Input should be a valid string",
                    "Line 1, message 1, key \"content[2].type\": Field required",
                    "Line 1, message 1, key \"content[3]\": Input should be a valid dictionary",
                    "Line 1, message 1, key \"content[4].type\": Input should be 'text'"),
            row(
                    chat(
                            USER,
                            "{\"role\": \"assistant\", \"tool_calls\": [{\"type\": \"function\", \"function\": {\"name\": 1}},"
                                    + " {\"id\": \"c\", \"type\": \"other\"}]}"),
                    "Line 1, message 2, key \"tool_calls[0].function.name\": Input should be a valid string",
                    "Line 1, message 2, key \"tool_calls[0].function.arguments\": Field required",
                    "Line 1, message 2, key \"tool_calls[0].id\": Field required",
                    "Line 1, message 2, key \"tool_calls[1].type\": Input should be 'function'",
                    "Line 1, message 2, key \"tool_calls[1].function\": Field required"),
            row(
                    chat(USER, "{\"role\": \"assistant\", \"function_call\": {\"arguments\": 3}}"),
                    "Line 1, message 2, key \"function_call.arguments\": Input should be a valid string",
                    "Line 1, message 2, key \"function_call.name\": Field required"),
            row(
                    "{\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": []}}, 1],"
                            + " \"parallel_tool_calls\": \"no\", \"messages\": [" + USER + ", " + ANSWER + "]}",
                    "Line 1, key \"tools[0].function.parameters\": Input should be a valid dictionary",
                    "Line 1, key \"tools[1]\": Input should be a valid dictionary",
                    "Line 1, key \"parallel_tool_calls\": Input should be a valid boolean"),
            row(
                    "{\"functions\": [], \"messages\": [" + USER + ", " + ANSWER + "]}",
                    "Line 1, key \"functions\": List should have at least 1 item after validation, not 0"),
            row(
                    "{\"functions\": [" + "{\"name\": \"f\"}, ".repeat(128) + "{\"name\": \"f\"}], \"messages\": ["
                            + USER + ", " + ANSWER + "]}",
                    "Line 1, key \"functions\": List should have at most 128 items after validation, not 129"),
            row(
                    "{\"messages\": [], \"messages\": [{\"role\": \"user\", \"content\": \"Q\", \"content\": \"R\"}, "
                            + ANSWER + "]}",
                    "Line 1, key \"messages\": List should have at least 1 item after validation, not 0",
                    "Line 1, key \"messages\": The key occurs twice in this object",
                    "Line 1, message 1, key \"content\": The key occurs twice in this object"),
            row(
                    "{\"messages\": [" + USER + ", " + ANSWER + "],}",
                    "Line 1: Malformed JSON at column 88: a comma before '}'. Remove the comma."),
            row(
                    "{\"messages\": [" + USER + ", " + ANSWER + " , ]}",
                    "Line 1: Malformed JSON at column 89: a comma before ']'. Remove the comma."),
            row(
                    "{\"messages\": [" + USER + ",",
                    "Line 1: Malformed JSON at column 48: the line ends in the middle of the JSON. Each row must be one line."),
            row(
                    "{\"é😀\": 1, oops}",
                    "Line 1: Malformed JSON at column 11: Unexpected character ('o' (code 111)): was expecting double-quote to"
                            + " start property name"),
            row(
                    chat(USER, ANSWER) + " " + chat(USER, ANSWER),
                    "Line 1: Text follows the JSON object. Each row must be a line of its own."),
            row(
                    "[" + chat(USER, ANSWER) + "]",
                    "Line 1: Every line must be a JSON object. This one starts with: [{\"messages\": [{\"role\": \"user\", \"content..."),
            row("42", "Line 1: Every line must be a JSON object. This one starts with: 42"),
            row(
                    "{\"question\": \"Q\", \"answer\": \"A\"}",
                    "Line 1: Unexpected file format, expected either prompt/completion pairs or chat messages. The row has the"
                            + " keys \"question\", \"answer\"."),
            row(
                    "{}",
                    "Line 1: Unexpected file format, expected either prompt/completion pairs or chat messages. The row has no"
                            + " keys."));

    private static String chat(String... messages) {
        return "{\"messages\": [" + String.join(", ", messages) + "]}";
    }

    private static Arguments row(String row, String... errors) {
        return Arguments.of(row, errors);
    }
}
