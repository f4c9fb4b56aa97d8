/**
 * Tokens and what they cost, in exact decimals.
 *
 * <p>Open {@link ai.luthier.api.money.Usd} first:
 *
 * <pre>{@code
 * TokenUsage usage = TokenUsage.ofTraining(100_000, 3);
 * Usd bill = Price.perMillion("3").of(usage.training()); // 0.90
 * }</pre>
 *
 * <p>Nothing is ever rounded: sums of exact amounts stay exact, and whoever shows an amount decides about digits.
 * Everything is immutable and safe for any thread.
 */
@NullMarked
package ai.luthier.api.money;

import org.jspecify.annotations.NullMarked;
