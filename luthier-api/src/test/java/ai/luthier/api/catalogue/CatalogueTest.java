package ai.luthier.api.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.money.TokenUsage;
import ai.luthier.api.money.Usd;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {

    private final Catalogue catalogue = Catalogue.standard();

    @ParameterizedTest
    @CsvSource({
        "gpt-4o-mini, gpt-4o-mini-2024-07-18",
        "gpt-4o, gpt-4o-2024-08-06",
        "gpt-4.1, gpt-4.1-2025-04-14",
        "gpt-4.1-mini, gpt-4.1-mini-2025-04-14",
        "gpt-4.1-nano, gpt-4.1-nano-2025-04-14",
        "gpt-3.5-turbo, gpt-3.5-turbo-0125",
        "gpt-3.5-turbo-0613, gpt-3.5-turbo-0613",
        "luthier-nano, luthier-nano"
    })
    void aliasesResolveToTheSnapshot(String name, String snapshot) {
        assertThat(catalogue.find(name).orElseThrow().id()).isEqualTo(snapshot);
        assertThat(catalogue.snapshot(name)).isEqualTo(snapshot);
    }

    @Test
    void everyNamePointsAtTheEmbeddedModelUntilItsOwnerSaysOtherwise() {
        assertThat(catalogue.entries()).allMatch(entry -> entry.source() instanceof BaseSource.Embedded);
        Catalogue pointed = catalogue.pointing("gpt-4o-mini", new BaseSource.Directory("/models/large"));
        CatalogueEntry mini = pointed.find("gpt-4o-mini-2024-07-18").orElseThrow();
        assertThat(mini.source()).isEqualTo(new BaseSource.Directory("/models/large"));
        assertThat(mini.trainingContext()).isEqualTo(65_536);
        assertThat(pointed.find("gpt-4o").orElseThrow().source()).isEqualTo(new BaseSource.Embedded());
        assertThat(catalogue.find("gpt-4o-mini").orElseThrow().source()).isEqualTo(new BaseSource.Embedded());
    }

    /** 100,000 tokens for 3 epochs, the example of OpenAI's guide. */
    @Test
    void theGuidesExampleCostsWhatTheGuideSays() {
        TokenUsage usage = TokenUsage.ofTraining(100_000, 3);
        assertThat(pricing("gpt-3.5-turbo-0613").of(usage, true)).isEqualTo(Usd.of("2.40"));
        assertThat(pricing("gpt-4o-mini-2024-07-18").of(usage, true)).isEqualTo(Usd.of("0.90"));
        assertThat(pricing("luthier-nano").of(usage, true)).isEqualTo(Usd.ZERO);
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-3.5-turbo-0613, 12, 16, 2023-08-22",
        "gpt-4o-mini, 0.30, 1.20, 2026-11-21",
        "gpt-4o, 3.75, 15, 2026-11-21",
        "gpt-4.1, 3, 12, 2026-11-21",
        "gpt-4.1-mini, 0.80, 3.20, 2026-11-21",
        "gpt-4.1-nano, 0.20, 0.80, 2026-11-21",
        "gpt-3.5-turbo, 3, 6, 2026-11-21",
        "davinci-002, 12, 12, 2026-11-21",
        "babbage-002, 1.60, 1.60, 2026-11-21"
    })
    void askingATuneCostsTheListPrice(String name, String input, String output, LocalDate listed) {
        assertThat(pricing(name).of(TokenUsage.ofCall(1_000_000, 0), true)).isEqualTo(Usd.of(input));
        assertThat(pricing(name).of(TokenUsage.ofCall(0, 1_000_000), true)).isEqualTo(Usd.of(output));
        assertThat(pricing(name).listed()).isEqualTo(listed);
    }

    @Test
    void askingTheBaseIsCheaper() {
        assertThat(pricing("gpt-4o-mini").of(TokenUsage.ofCall(1_000_000, 1_000_000), false))
                .isEqualTo(Usd.of("0.75"));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o-mini, 1.8",
        "gpt-3.5-turbo-0613, 2",
        "gpt-3.5-turbo, 2",
        "gpt-3.5-turbo-1106, 2",
        "gpt-4.1-nano, 1"
    })
    void learningRateMultiplierIsAPropertyOfTheName(String name, double multiplier) {
        assertThat(catalogue.find(name).orElseThrow().learningRateMultiplier()).isEqualTo(multiplier);
    }

    @Test
    void endsAreKnown() {
        assertThat(catalogue.find("gpt-3.5-turbo-1106").orElseThrow().retirement())
                .isEqualTo(new Retirement(LocalDate.of(2026, 9, 28), LocalDate.of(2026, 10, 23)));
        assertThat(catalogue.find("luthier-nano").orElseThrow().retirement()).isNull();
    }

    @Test
    void aNameMeansOneBase() {
        CatalogueEntry mini = catalogue.find("gpt-4o-mini").orElseThrow();
        CatalogueEntry other =
                new CatalogueEntry("mine", List.of("gpt-4o"), mini.source(), 100, 1.0, mini.pricing(), null);
        assertThatThrownBy(() -> catalogue.with(other))
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessage("The base mine cannot be called 'gpt-4o': another base has that name.");
        assertThatThrownBy(() -> catalogue.with(mini)).hasMessageContaining("'gpt-4o-mini-2024-07-18'");
        assertThatThrownBy(() -> catalogue.pointing("gpt-9", mini.source())).hasMessageContaining("gpt-9");
        assertThat(catalogue.find("gpt-9")).isEmpty();
        assertThat(catalogue.snapshot("gpt-9")).isEqualTo("gpt-9");
    }

    private Pricing pricing(String name) {
        return catalogue.find(name).orElseThrow().pricing();
    }
}
