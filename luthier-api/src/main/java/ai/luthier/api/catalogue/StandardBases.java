package ai.luthier.api.catalogue;

import ai.luthier.api.money.Price;
import ai.luthier.api.money.Rates;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bases every catalogue starts with: the embedded model under its own name, and the names that OpenAI lets one tune,
 * with the prices, training contexts and dates of OpenAI's pages.
 *
 * <p>Prices are US dollars per million tokens: training, asking the base (input, output), asking a tune (input, output).
 * Those of gpt-3.5-turbo-0613 are the launch list of 2023-08-22, where a tune cost eight times its base; all others are from a
 * copy of the price page read on {@link #LIST}, which lists tunes. What no copy has is not made up: asking such a base costs
 * nothing here, and its rows may be as long as the model behind the name allows. Dates are those of the deprecations page as
 * copied in October 2026.
 */
final class StandardBases {

    /** The embedded model's own name. */
    static final String NANO = "luthier-nano";

    /** When the price page was read. */
    static final LocalDate LIST = LocalDate.of(2026, 11, 21);

    private static final LocalDate LAUNCH_LIST = LocalDate.of(2023, 8, 22);
    /** Asking a base that the list has no price for. */
    private static final Rates UNLISTED = Rates.FREE;

    private static final int NANO_CONTEXT = 2_048;

    private StandardBases() {}

    static List<CatalogueEntry> all() {
        return List.of(
                nano(),
                base("gpt-4o-mini-2024-07-18", "gpt-4o-mini", 65_536, 1.8)
                        .priced(LIST, "3", rates("0.15", "0.60"), rates("0.30", "1.20"))
                        .ends("2027-01-14", "2027-01-14"),
                base("gpt-4o-2024-08-06", "gpt-4o", 65_536, 1.0)
                        .priced(LIST, "25", UNLISTED, rates("3.75", "15"))
                        .ends("2027-01-14", "2027-01-14"),
                base("gpt-4.1-2025-04-14", "gpt-4.1", CatalogueEntry.UNDOCUMENTED, 1.0)
                        .priced(LIST, "25", UNLISTED, rates("3", "12"))
                        .ends("2027-01-14", "2027-01-14"),
                base("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini", CatalogueEntry.UNDOCUMENTED, 1.0)
                        .priced(LIST, "5", UNLISTED, rates("0.80", "3.20"))
                        .ends("2027-01-14", "2027-01-14"),
                base("gpt-4.1-nano-2025-04-14", "gpt-4.1-nano", CatalogueEntry.UNDOCUMENTED, 1.0)
                        .priced(LIST, "1.50", UNLISTED, rates("0.20", "0.80"))
                        .ends("2026-10-23", "2026-10-23"),
                base("gpt-3.5-turbo-0125", "gpt-3.5-turbo", 16_385, 2.0)
                        .priced(LIST, "8", UNLISTED, rates("3", "6"))
                        .ends("2026-10-23", "2026-10-23"),
                base("gpt-3.5-turbo-1106", null, 16_385, 2.0)
                        .priced(LIST, "8", UNLISTED, rates("3", "6"))
                        .ends("2026-09-28", "2026-10-23"),
                base("gpt-3.5-turbo-0613", null, 4_096, 2.0)
                        .priced(LAUNCH_LIST, "8", rates("1.50", "2"), rates("12", "16"))
                        .ends("2024-09-13", "2026-10-23"),
                base("davinci-002", null, CatalogueEntry.UNDOCUMENTED, 1.0)
                        .priced(LIST, "6", UNLISTED, rates("12", "12"))
                        .ends("2026-09-28", "2026-10-23"),
                base("babbage-002", null, CatalogueEntry.UNDOCUMENTED, 1.0)
                        .priced(LIST, "0.40", UNLISTED, rates("1.60", "1.60"))
                        .ends("2026-09-28", "2026-10-23"));
    }

    private static CatalogueEntry nano() {
        Pricing free = new Pricing(LIST, Price.FREE, Rates.FREE, Rates.FREE);
        return new CatalogueEntry(NANO, List.of(), new BaseSource.Embedded(), NANO_CONTEXT, 1.0, free, null);
    }

    private static Rates rates(String input, String output) {
        return Rates.perMillion(input, output);
    }

    private static Line base(String id, @Nullable String alias, int trainingContext, double multiplier) {
        return new Line(id, alias == null ? List.of() : List.of(alias), trainingContext, multiplier);
    }

    /** The first columns of a line of the table above. */
    private record Line(String id, List<String> aliases, int trainingContext, double multiplier) {

        PricedLine priced(LocalDate listed, String training, Rates base, Rates tuned) {
            return new PricedLine(this, new Pricing(listed, Price.perMillion(training), base, tuned));
        }
    }

    private record PricedLine(Line line, Pricing pricing) {

        CatalogueEntry ends(String shutdown, String tunesShutdown) {
            Retirement retirement = new Retirement(LocalDate.parse(shutdown), LocalDate.parse(tunesShutdown));
            return new CatalogueEntry(
                    line.id,
                    line.aliases,
                    new BaseSource.Embedded(),
                    line.trainingContext,
                    line.multiplier,
                    pricing,
                    retirement);
        }
    }
}
