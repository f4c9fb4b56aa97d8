/**
 * Who is calling: organisations, their projects and their API keys.
 *
 * <p>Open {@link ai.luthier.server.accounts.KeyService} first. A request becomes a {@link ai.luthier.server.accounts.Caller},
 * and every query of the other rooms takes one:
 *
 * <pre>{@code
 * var keys = new KeyService(database, clock, "personal");
 * keys.firstKey(Optional.empty()).ifPresent(key -> System.out.println("OPENAI_API_KEY=" + key.secret()));
 * Caller caller = keys.authenticate("sk-…");
 * }</pre>
 *
 * <p>Invariants: no key is stored, only its keyed hash; an organisation never sees what belongs to another.
 *
 * <p>Threads: everything here may be used from any thread.
 */
@NullMarked
package ai.luthier.server.accounts;

import org.jspecify.annotations.NullMarked;
