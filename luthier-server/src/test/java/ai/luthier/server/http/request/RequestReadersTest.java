package ai.luthier.server.http.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.wire.AutoOrNumber;
import ai.luthier.api.wire.FineTuningJobRequest;
import ai.luthier.api.wire.FineTuningMethod;
import ai.luthier.api.wire.Hyperparameters;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class RequestReadersTest {

    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private static JsonNode json(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ChatRequest chat(String more) {
        return ChatRequestReader.read(json("{\"model\":\"m\"," + HELLO + (more.isEmpty() ? "" : "," + more) + "}"));
    }

    private static UserError refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        UserError error = catchThrowableOfType(UserError.class, call);
        assertThat(error).as("was not refused").isNotNull();
        return error;
    }

    @Test
    void plainChat_getsOpenAisDefaults() {
        ChatRequest request = chat("");

        assertThat(request.conversation().messages()).containsExactly(Map.of("role", "user", "content", "hi"));
        assertThat(request.decoding())
                .isEqualTo(new Decoding(1, 1, null, 1, null, List.of(), Map.of(), 0, 0, -1, false, false));
    }

    @Test
    void allDecodingFields_areRead() {
        Decoding decoding = chat("\"temperature\":0.5,\"top_p\":0.9,\"seed\":7,\"n\":2,\"max_completion_tokens\":9,"
                        + "\"stop\":[\"a\",\"b\"],\"logit_bias\":{\"42\":-100},\"presence_penalty\":1,"
                        + "\"frequency_penalty\":-1.5,\"logprobs\":true,\"top_logprobs\":3,\"stream\":true,"
                        + "\"stream_options\":{\"include_usage\":true}")
                .decoding();

        assertThat(decoding)
                .isEqualTo(new Decoding(
                        0.5, 0.9, 7L, 2, 9, List.of("a", "b"), Map.of(42, -100.0), 1, -1.5, 3, true, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\"temperature\":\"1\"' | temperature | expected a decimal, but got a string",
                "'\"temperature\":2.1' | temperature | <= 2",
                "'\"n\":1.0' | n | expected an integer, but got a decimal number",
                "'\"n\":0' | n | >= 1",
                "'\"n\":99999999999999999999' | n | <= 128",
                "'\"stream\":\"true\"' | stream | expected a boolean",
                "'\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]' | stop | maximum length 4",
                "'\"stop\":[1]' | stop[0] | expected a string",
                "'\"logit_bias\":{\"cat\":1}' | logit_bias | token ids",
                "'\"logit_bias\":{\"1\":101}' | logit_bias.1 | <= 100",
                "'\"top_logprobs\":2' | top_logprobs | is enabled",
                "'\"top_logprobs\":21,\"logprobs\":true' | top_logprobs | <= 20",
                "'\"max_tokens\":1,\"max_completion_tokens\":1' | max_tokens | at the same time",
                "'\"stream_options\":{}' | stream_options | is enabled",
                "'\"response_format\":{\"type\":\"json_object\"}' | response_format | json_object",
                "'\"tool_choice\":\"required\"' | tool_choice | required",
                "'\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}' | tool_choice | a named tool",
                "'\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"the weather\"}}]' | tools[0].function.name"
                        + " | matches the pattern '^[a-zA-Z0-9_-]+$'",
                "'\"functions\":[{\"name\":\"\"}]' | functions[0].name | minimum length 1",
                "'\"functions\":[{\"name\":\"a234567890b234567890c234567890d234567890e234567890f234567890g2345\"}]'"
                        + " | functions[0].name | maximum length 64",
                "'\"audio\":{\"voice\":\"ash\",\"format\":\"wav\"}' | audio | not supported",
                "'\"modalities\":[\"audio\"]' | modalities | audio",
                "'\"user\":5' | user | expected a string",
                "'\"metadata\":{\"a\":1}' | metadata.a | expected a string",
            })
    void chat_refusesWithTheFieldsName(String field, String param, String words) {
        UserError error = refused(() -> chat(field));

        assertThat(error.param()).hasValue(param);
        assertThat(error).hasMessageContaining(words);
        assertThat(error.code().status()).isEqualTo(400);
    }

    @Test
    void unknownFields_areRefusedInOpenAisWords_allAtOnce() {
        assertThat(refused(() -> chat("\"top_k\":1")))
                .hasMessage("Unrecognized request argument supplied: top_k")
                .extracting(UserError::code)
                .isEqualTo(ErrorCode.UNRECOGNIZED_ARGUMENT);
        assertThat(refused(() -> chat("\"top_k\":1,\"min_p\":1")))
                .hasMessage("Unrecognized request arguments supplied: top_k, min_p");
        assertThat(refused(() -> chat("\"stream\":true,\"stream_options\":{\"usage\":true}")))
                .hasMessage("Unrecognized request argument supplied: stream_options.usage");
        assertThat(refused(() -> ChatRequestReader.read(
                        json("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\",\"weight\":1}]}"))))
                .hasMessage("Unrecognized request argument supplied: messages[0].weight");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"user\":\"u\",\"store\":true,\"metadata\":{\"a\":\"b\"},\"service_tier\":\"auto\"",
                "\"temperature\":null,\"stop\":null,\"tools\":null,\"response_format\":{\"type\":\"text\"}",
                "\"tool_choice\":\"auto\",\"parallel_tool_calls\":false,\"reasoning_effort\":\"low\"",
                "\"prediction\":{\"type\":\"content\",\"content\":\"x\"},\"modalities\":[\"text\"]",
            })
    void fieldsWithoutEffect_areAccepted(String fields) {
        assertThatCode(() -> chat(fields)).doesNotThrowAnyException();
    }

    @Test
    void missingFields_areNamed() {
        assertThat(refused(() -> ChatRequestReader.read(json("{" + HELLO + "}"))))
                .hasMessage("Missing required parameter: 'model'.");
        assertThat(refused(() -> ChatRequestReader.read(json("{\"model\":\"m\"}"))))
                .hasMessage("Missing required parameter: 'messages'.");
        assertThat(refused(() -> ChatRequestReader.read(json("[]")))).hasMessageContaining("expected an object");
    }

    @Test
    void messages_takeTextParts_developers_andToolCalls() {
        ChatRequest request = ChatRequestReader.read(json("""
                {"model":"m","messages":[
                 {"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
                 {"role":"assistant","content":null,"refusal":null,"annotations":[],"tool_calls":[
                   {"id":"call_1","type":"function","function":{"name":"f","arguments":"{\\"x\\":1}"}}]},
                 {"role":"tool","tool_call_id":"call_1","content":"2"}],
                 "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]}"""));

        assertThat(request.conversation().messages().getFirst()).isEqualTo(Map.of("role", "system", "content", "ab"));
        assertThat(request.conversation().messages().get(1).get("tool_calls"))
                .isEqualTo(List.of(Map.of(
                        "id",
                        "call_1",
                        "type",
                        "function",
                        "function",
                        Map.of("name", "f", "arguments", Map.of("x", 1)))));
        assertThat(request.conversation().messages().get(2)).containsEntry("tool_call_id", "call_1");
        assertThat(request.conversation().tools()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'{\"role\":\"robot\",\"content\":\"a\"}' | messages[0].role | robot",
                "'{\"content\":\"a\"}' | messages[0].role | Missing",
                "'{\"role\":\"user\"}' | messages[0].content | Missing",
                "'{\"role\":\"user\",\"content\":7}' | messages[0].content | got an integer",
                "'{\"role\":\"assistant\",\"content\":null}' | messages[0].content | tool_calls",
                "'{\"role\":\"tool\",\"content\":\"a\"}' | messages[0].tool_call_id | Missing",
                "'{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}'"
                        + " | messages[0].content[0].type | text only",
                "'{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\",\"input_audio\":{}}]}'"
                        + " | messages[0].content[0].type | text only",
            })
    void badMessages_areRefusedWithTheirPlace(String message, String param, String words) {
        UserError error =
                refused(() -> ChatRequestReader.read(json("{\"model\":\"m\",\"messages\":[" + message + "]}")));

        assertThat(error.param()).hasValue(param);
        assertThat(error).hasMessageContaining(words);
    }

    @Test
    void toolChoiceNone_keepsToolsOutOfThePrompt() {
        assertThat(chat("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":\"none\"")
                        .conversation()
                        .tools())
                .isEmpty();
    }

    @Test
    void completion_takesAllFourFormsOfPrompt() {
        assertThat(prompts("\"a\"")).containsExactly(new CompletionRequest.Prompt.Text("a"));
        assertThat(prompts("[\"a\",\"b\"]")).hasSize(2);
        assertThat(prompts("[1,2]"))
                .singleElement()
                .isInstanceOfSatisfying(
                        CompletionRequest.Prompt.Tokens.class,
                        tokens -> assertThat(tokens.ids()).containsExactly(1, 2));
        assertThat(prompts("[[1],[2,3]]")).hasSize(2);
        assertThat(refused(() -> prompts("[]")).param()).hasValue("prompt");
        assertThat(refused(() -> prompts("[1,\"a\"]")).param()).hasValue("prompt[1]");
        assertThat(refused(() -> prompts("{}")).param()).hasValue("prompt");
    }

    private static List<CompletionRequest.Prompt> prompts(String prompt) {
        return CompletionRequestReader.read(json("{\"model\":\"m\",\"prompt\":" + prompt + "}"))
                .prompts();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\"echo\":true' | echo",
                "'\"suffix\":\"x\"' | suffix",
                "'\"best_of\":3' | best_of",
                "'\"logprobs\":6' | logprobs",
                "'\"logprobs\":true' | logprobs",
            })
    void completion_refusesByName(String field, String param) {
        assertThat(refused(() -> CompletionRequestReader.read(json("{\"model\":\"m\",\"prompt\":\"a\"," + field + "}")))
                        .param())
                .hasValue(param);
    }

    private static FineTuningJobRequest job(String more) {
        return JobRequestReader.read(
                json("{\"model\":\"m\",\"training_file\":\"file-1\"" + (more.isEmpty() ? "" : "," + more) + "}"));
    }

    @Test
    void job_takesOlderAndNewerHyperparameters_theNewerWin() {
        FineTuningJobRequest request = job("\"hyperparameters\":{\"n_epochs\":2,\"batch_size\":4},"
                + "\"method\":{\"type\":\"supervised\",\"supervised\":{\"hyperparameters\":{\"n_epochs\":3}},"
                + "\"dpo\":{},\"reinforcement\":{}}");

        assertThat(request.method().hyperparameters().nEpochs()).isEqualTo(AutoOrNumber.of(3));
        assertThat(request.method().hyperparameters().batchSize()).isEqualTo(AutoOrNumber.of(4));
        assertThat(request.method().hyperparameters().learningRateMultiplier().isAuto())
                .isTrue();
        assertThat(job("\"integrations\":null,\"suffix\":null,\"luthier\":{\"overlong\":\"truncate\"}")
                        .luthier())
                .isEqualTo(Map.of("overlong", "truncate"));
    }

    @Test
    void job_takesTheObjectLuthier_asItIs_andRefusesWhatIsWrongInIt_allAtOnce() {
        assertThat(job("\"luthier\":{\"method\":\"rslora\",\"rank\":8,\"alpha\":null,\"lora_plus_ratio\":\"auto\"}")
                        .luthier())
                .isEqualTo(Map.of("method", "rslora", "rank", 8, "lora_plus_ratio", "auto"));
        UserError refused = refused(() -> job("\"luthier\":{\"rang\":8,\"rank\":0,\"path\":1}"));
        assertThat(refused.text())
                .contains(
                        "luthier.rang",
                        "'luthier.rank': expected 1 to 1024, but got 0",
                        "'luthier.path': expected a string");
        assertThat(refused(() -> job("\"luthier\":{\"rang\":8}")).param()).hasValue("luthier.rang");
        assertThat(refused(() -> job("\"luthier\":[]")).param()).hasValue("luthier");
    }

    @Test
    void job_takesTheMethodDpo_withBeta() {
        FineTuningJobRequest request = job("\"hyperparameters\":{\"batch_size\":4},\"method\":{\"type\":\"dpo\","
                + "\"dpo\":{\"hyperparameters\":{\"beta\":0.25,\"n_epochs\":2}},\"supervised\":{}}");

        assertThat(request.method())
                .isEqualTo(FineTuningMethod.dpo(
                        new Hyperparameters(AutoOrNumber.of(2), AutoOrNumber.of(4), AutoOrNumber.AUTO),
                        AutoOrNumber.of(0.25)));
        assertThat(refused(() -> job("\"luthier\":{\"dpo\":{\"loss\":\"ipo\"}}"))
                        .param())
                .hasValue("luthier.dpo");
        assertThat(job("\"method\":{\"type\":\"dpo\"},\"luthier\":{\"dpo\":{\"loss\":\"ipo\"}}")
                        .luthier())
                .isEqualTo(Map.of("dpo", Map.of("loss", "ipo")));
        assertThat(job("\"method\":{\"type\":\"dpo\"}").method())
                .isEqualTo(FineTuningMethod.dpo(Hyperparameters.AUTO, AutoOrNumber.AUTO));
        assertThat(refused(() -> job(
                        "\"method\":{\"type\":\"supervised\",\"supervised\":{\"hyperparameters\":" + "{\"beta\":1}}}")))
                .hasMessage("Unrecognized request argument supplied: method.supervised.hyperparameters.beta");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\"hyperparameters\":{\"n_epochs\":51}' | hyperparameters.n_epochs",
                "'\"hyperparameters\":{\"n_epochs\":0}' | hyperparameters.n_epochs",
                "'\"hyperparameters\":{\"n_epochs\":\"three\"}' | hyperparameters.n_epochs",
                "'\"hyperparameters\":{\"batch_size\":257}' | hyperparameters.batch_size",
                "'\"hyperparameters\":{\"learning_rate_multiplier\":0}' | hyperparameters.learning_rate_multiplier",
                "'\"method\":{\"type\":\"dpo\",\"dpo\":{\"hyperparameters\":{\"beta\":0}}}' | method.dpo.hyperparameters.beta",
                "'\"method\":{\"type\":\"dpo\",\"dpo\":{\"hyperparameters\":{\"beta\":2.5}}}' | method.dpo.hyperparameters.beta",
                "'\"method\":{\"type\":\"dpo\",\"dpo\":{\"hyperparameters\":{\"beta\":\"0.1\"}}}' | method.dpo.hyperparameters.beta",
                "'\"method\":{\"type\":\"reinforcement\"}' | method.type",
                "'\"method\":{}' | method.type",
                "'\"integrations\":[{\"type\":\"wandb\",\"wandb\":{\"project\":\"p\"}}]' | integrations",
                "'\"seed\":-1' | seed",
                "'\"seed\":2147483648' | seed",
                "'\"suffix\":\"\"' | suffix",
            })
    void job_refusesByName(String field, String param) {
        assertThat(refused(() -> job(field)).param()).hasValue(param);
    }

    @Test
    void numbersOutOfRange_sayWhichKindOfNumberAndTheBoundAsAPersonWritesIt() {
        assertThat(refused(() -> chat("\"temperature\":2.1")))
                .hasMessage("Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.1"
                        + " instead.")
                .extracting(error -> error.code().wireCode().orElseThrow())
                .isEqualTo("decimal_above_max_value");
        assertThat(refused(() -> chat("\"presence_penalty\":-3")).code().wireCode())
                .hasValue("decimal_below_min_value");
        assertThat(refused(() -> chat("\"n\":0")).code().wireCode()).hasValue("integer_below_min_value");
        for (String multiplier : List.of("0", "-1")) {
            assertThat(refused(() -> job("\"hyperparameters\":{\"learning_rate_multiplier\":" + multiplier + "}")))
                    .hasMessageEndingWith(
                            "decimal below minimum value. Expected a value > 0, but got " + multiplier + " instead.");
        }
        assertThat(refused(() -> job("\"hyperparameters\":{\"learning_rate_multiplier\":1e400}")))
                .hasMessageContaining("expected a number that fits into 64 bits");
    }

    @Test
    void aNumberInQuotes_whereAutoIsTheOnlyWord_isAWrongType() {
        assertThat(refused(() -> job("\"hyperparameters\":{\"n_epochs\":\"3\"}")))
                .hasMessage("Invalid type for 'hyperparameters.n_epochs': expected 'auto' or a number, but got a string"
                        + " instead.");
    }

    @Test
    void integrations_areRefusedWithTheirOwnPlace() {
        assertThat(refused(() -> job("\"integrations\":[\"wandb\"]")))
                .hasMessage("Invalid type for 'integrations[0]': expected an object, but got a string instead.");
        assertThat(refused(() -> job("\"integrations\":[{\"wandb\":{}}]")))
                .hasMessage("Missing required parameter: 'integrations[0].type'.");
    }

    @Test
    void suffixOver64_saysBothLengths() {
        assertThat(refused(() -> job("\"suffix\":\"" + "x".repeat(70) + "\"")))
                .hasMessage("Invalid 'suffix': string too long. Expected a string with maximum length 64, but got a"
                        + " string with length 70 instead.");
    }

    @Test
    void trailingComma_isMalformed_withLineAndColumn() {
        UserError error = refused(() -> json("{\n  \"model\": \"m\",\n  \"temperature\": 0.7,\n}"));

        assertThat(error.code()).isEqualTo(ErrorCode.MALFORMED_JSON);
        assertThat(error).hasMessageContaining("line 4, column 1").hasMessageContaining("comma before '}'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "{", "{\"a\":}", "{} {}", "{'a':1}", "\"\u0001\"", "[1,]", "nul"})
    void whatIsNotJson_isMalformed(String text) {
        assertThat(refused(() -> json(text)).code()).isEqualTo(ErrorCode.MALFORMED_JSON);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{} {}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{'a':1}",
                "{\"a\":01}",
                "nul",
                "\"\u0001\"",
                "{\"a\" 1}"
            })
    void whatIsMalformed_isToldWithoutTheParsersInsides(String text) {
        assertThat(refused(() -> json(text)).getMessage())
                .contains("line 1, column ")
                .doesNotContain("Feature", "JsonToken", "bound as", "StreamRead", "StreamWrite", "tools.jackson");
    }

    @Test
    void bytesThatAreNotUtf8_andDeepNesting_areMalformed() {
        assertThat(refused(() -> Json.parse(new byte[] {'"', (byte) 0xff, '"'})).code())
                .isEqualTo(ErrorCode.MALFORMED_JSON);
        assertThat(refused(() -> json("[".repeat(100_000))))
                .hasMessageEndingWith("Document nesting depth (501) exceeds the maximum allowed (500).")
                .extracting(UserError::code)
                .isEqualTo(ErrorCode.MALFORMED_JSON);
    }
}
