package ai.luthier.text.check;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.api.money.Usd;
import ai.luthier.text.check.CheckReport.Forecast;
import ai.luthier.text.data.ProblemSink;
import ai.luthier.text.data.RowTokens;
import ai.luthier.text.data.TokenCounter;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.data.ValidationReport;
import ai.luthier.text.data.ValidationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CheckReportTest {

    /** 500 rows of 200 tokens: exactly 100,000. */
    private static final TokenCounter TWO_HUNDRED = (example, limit) -> RowTokens.of(200, limit, 80, List.of());

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"gpt-3.5-turbo-0613, 2.40", "gpt-4o-mini-2024-07-18, 0.90", "gpt-4o-mini, 0.90", "luthier-nano, 0.00"})
    void hundredThousandTokensForThreeEpochs(String base, String usd) throws IOException {
        CheckReport report = check(base, rows(500), 3, null, 1000.0);
        assertThat(report.forecast()).isEqualTo(new Forecast(3, 1, 1500, 300_000, Usd.of(usd), Duration.ofMinutes(5)));
    }

    @Test
    void autoIsResolved() throws IOException {
        Forecast forecast = check("gpt-4o-mini", rows(10), null, null, null).forecast();
        assertThat(forecast).isEqualTo(new Forecast(10, 1, 100, 20_000, Usd.of("0.06"), null));
    }

    @Test
    void textForPeople() throws IOException {
        Stream<String> rows = Stream.concat(rows(500), rows(1));
        String text = CheckText.of(check("gpt-3.5-turbo-0613", rows, 3, 16, 1000.0));
        assertThat(text).isEqualTo("""
                        train.jsonl: 501 rows of chat messages, 44,978 bytes

                        1 warning
                          Line 501: The same row as line 1; it is trained on each time

                        Base      gpt-3.5-turbo-0613
                        Tokens    100,200 in 501 rows, 40,080 of them learnt; the longest row has 200 (line 1)
                        Training  3 epochs with batch size 16: 96 steps, 300,600 tokens
                        Time      about 5 minutes on this machine
                        Price     2.4048 USD at the list of 2023-08-22; validation is free
                        """);
    }

    @Test
    void badFile_hasNoForecast_andShowsTheFirstHundredErrors() throws IOException {
        CheckReport report = check(
                "gpt-4o-mini", IntStream.range(0, 150).mapToObj(i -> "{\"messages\": " + i + "}"), null, null, null);
        assertThat(report.forecast()).isNull();
        String text = CheckText.of(report);
        assertThat(text)
                .startsWith("train.jsonl: 150 rows of chat messages,")
                .contains("150 errors\n  Line 1, key \"messages\": Input should be a valid list\n")
                .contains("  Line 100, key")
                .doesNotContain("  Line 101, key")
                .contains("  and 50 more\n");
    }

    @Test
    void jsonForPrograms() throws IOException {
        JsonNode json = JsonMapper.builder()
                .build()
                .readTree(CheckJson.of(check("gpt-4o-mini", Stream.concat(rows(500), rows(1)), 3, null, 1000.0)));
        assertThat(json.at("/ok").asBoolean()).isTrue();
        assertThat(json.at("/format").asString()).isEqualTo("chat");
        assertThat(json.at("/warnings/0/kind").asString()).isEqualTo("duplicate_row");
        assertThat(json.at("/warnings/0/line").asInt()).isEqualTo(501);
        assertThat(json.at("/tokens/per_epoch").asLong()).isEqualTo(100_200);
        assertThat(json.at("/forecast/price_usd").asString()).isEqualTo("0.9018");
        assertThat(json.at("/forecast/steps").asInt()).isEqualTo(1503);
        assertThat(json.at("/forecast/seconds").asInt()).isEqualTo(300);
        JsonNode bad = JsonMapper.builder().build().readTree(CheckJson.of(check("gpt-4o", rows(3), null, null, null)));
        assertThat(bad.at("/forecast").isNull()).isTrue();
        assertThat(bad.at("/errors/0/kind").asString()).isEqualTo("too_few_examples");
        assertThat(bad.at("/errors/0").has("line")).isFalse();
    }

    private static Stream<String> rows(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"messages\": [{\"role\": \"user\", \"content\": \"" + i
                        + "\"}, {\"role\": \"assistant\", \"content\": \"A\"}]}");
    }

    private CheckReport check(
            String base,
            Stream<String> rows,
            @Nullable Integer epochs,
            @Nullable Integer batchSize,
            @Nullable Double tokensPerSecond)
            throws IOException {
        Path file = Files.write(directory.resolve("train.jsonl"), rows.toList());
        ValidationReport validation = TrainingFile.open(file)
                .validate(ValidationSettings.training("train.jsonl", 4096), TWO_HUNDRED, ProblemSink.NONE);
        return CheckReport.of(
                "train.jsonl",
                Catalogue.standard().find(base).orElseThrow(),
                validation,
                epochs,
                batchSize,
                tokensPerSecond);
    }
}
