/**
 * The bases that can be asked and tuned: names, prices, limits, dates, and where the weights are.
 *
 * <p>Open {@link ai.luthier.api.catalogue.Catalogue} first:
 *
 * <pre>{@code
 * Catalogue catalogue = Catalogue.standard().pointing("gpt-4o-mini", new BaseSource.Directory("/models/qwen2.5-0.5b"));
 * CatalogueEntry base = catalogue.find("gpt-4o-mini").orElseThrow(); // id gpt-4o-mini-2024-07-18
 * Usd price = base.pricing().of(TokenUsage.ofTraining(100_000, 3), true); // 0.90
 * }</pre>
 *
 * <p>Invariants: a name means one base; an alias always resolves to the snapshot that {@code model} is echoed as; what a
 * name costs and how long a row it takes does not depend on the weights behind it. Everything is immutable and safe for
 * any thread.
 */
@NullMarked
package ai.luthier.api.catalogue;

import org.jspecify.annotations.NullMarked;
