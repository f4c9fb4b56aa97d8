/**
 * The bill: one line for every job that succeeded and every answer that was generated.
 *
 * <p>Open {@link ai.luthier.server.usage.Ledger} first.
 *
 * <pre>{@code
 * ledger.record(LedgerEntry.chat(caller, requestId, model, inputTokens, outputTokens, usd, now));
 * BigDecimal spent = ledger.total(caller, from, to);
 * }</pre>
 *
 * <p>Invariants: amounts are exact decimals, never binary fractions; a job is billed once, a request is billed once, however
 * often a crash makes us write it.
 *
 * <p>Threads: everything here may be used from any thread.
 */
@NullMarked
package ai.luthier.server.usage;

import org.jspecify.annotations.NullMarked;
