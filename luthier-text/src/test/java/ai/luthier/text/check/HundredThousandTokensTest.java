package ai.luthier.text.check;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.api.catalogue.Catalogue;
import ai.luthier.api.catalogue.CatalogueEntry;
import ai.luthier.api.money.Usd;
import ai.luthier.text.bpe.BpeTrainer;
import ai.luthier.text.bpe.TokenizerFiles;
import ai.luthier.text.data.Example;
import ai.luthier.text.data.Examples;
import ai.luthier.text.data.ProblemSink;
import ai.luthier.text.data.RowTokens;
import ai.luthier.text.data.TokenTotals;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.data.ValidationReport;
import ai.luthier.text.data.ValidationSettings;
import ai.luthier.text.tokens.ExampleEncoder;
import ai.luthier.text.tokens.ExampleEncoder.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The price example of OpenAI's guide, with a real tokenizer: a file of exactly 100,000 tokens, 3 epochs. */
class HundredThousandTokensTest {

    private static final String TEMPLATE =
            "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}{% if add_generation_prompt"
                    + " %}<|assistant|>{% endif %}";
    private static final int TOKENS = 100_000;

    @TempDir
    Path directory;

    @Test
    void costsWhatTheGuideSays() throws IOException {
        try (ExampleEncoder encoder = encoder()) {
            Path file = exactly(encoder, TOKENS);
            ValidationReport validation = TrainingFile.open(file)
                    .validate(
                            ValidationSettings.training("file", 4_096),
                            (example, limit) -> count(encoder, example, limit),
                            ProblemSink.NONE);
            TokenTotals totals = Objects.requireNonNull(validation.tokens());
            assertThat(validation.errors()).isEmpty();
            assertThat(totals.tokens()).isEqualTo(TOKENS);
            assertThat(totals.supervised()).isPositive().isLessThan(TOKENS);
            assertThat(price("gpt-3.5-turbo-0613", validation)).isEqualTo(Usd.of("2.40"));
            assertThat(price("gpt-4o-mini-2024-07-18", validation)).isEqualTo(Usd.of("0.90"));
        }
    }

    private static Usd price(String base, ValidationReport validation) {
        CatalogueEntry entry = Catalogue.standard().find(base).orElseThrow();
        CheckReport.Forecast forecast = Objects.requireNonNull(
                CheckReport.of("file", entry, validation, 3, null, null).forecast());
        assertThat(forecast.trainedTokens()).isEqualTo(3L * TOKENS);
        return forecast.price();
    }

    /** Rows of random length until fewer than 700 tokens are missing, then one that has just these. */
    private Path exactly(ExampleEncoder encoder, int tokens) throws IOException {
        Random random = new Random(4);
        List<String> rows = new ArrayList<>();
        int total = 0;
        while (tokens - total > 700) {
            String row = row(random.nextInt(1_000_000_000), random.nextInt(300), 2 + random.nextInt(300));
            rows.add(row);
            total += tokens(encoder, row);
        }
        int missing = tokens - total - tokens(encoder, row(7, 0, 0));
        rows.add(row(7, 0, missing));
        return Files.write(directory.resolve("train.jsonl"), rows);
    }

    private int tokens(ExampleEncoder encoder, String row) throws IOException {
        Path file = Files.writeString(directory.resolve("row.jsonl"), row);
        try (Examples examples = TrainingFile.open(file).examples()) {
            return count(encoder, examples.next(), Integer.MAX_VALUE).tokens();
        }
    }

    private static RowTokens count(ExampleEncoder encoder, Example example, int limit) {
        Row row = encoder.row(example);
        return RowTokens.of(row.tokens().ids().length, limit, row.tokens().supervisedCount(), row.addedInData());
    }

    /** {@code " lute"} is one token, so each of them adds exactly one. */
    private static String row(int number, int asked, int answered) {
        return "{\"messages\": [{\"role\": \"user\", \"content\": \"" + number + " lute".repeat(asked)
                + "\"}, {\"role\": \"assistant\", \"content\": \"A" + " lute".repeat(answered) + "\"}]}";
    }

    private ExampleEncoder encoder() throws IOException {
        BpeTrainer trainer = new BpeTrainer(
                300, List.of("<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|end|>"));
        trainer.count("A lute lute lute lute and a small lute of maple");
        Path model = directory.resolve("model");
        TokenizerFiles.write(model, trainer.train(), "<|endoftext|>", 2_048, TEMPLATE);
        return ExampleEncoder.load(model, Optional.empty());
    }
}
