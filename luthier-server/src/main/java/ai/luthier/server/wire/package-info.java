/**
 * Between what is stored and what crosses the wire: rows become OpenAI's objects, requests become calls of the services.
 *
 * <p>Open {@link ai.luthier.server.wire.ServerBackend} first: it puts the services together for the routes.
 *
 * <pre>{@code
 * Backend backend = new ServerBackend(keys, files, jobs, registry, bases::catalogue, ledger, clock)
 *         .with(host, owner, health, "queued");
 * HttpApi.start(backend, HttpSettings.loopback(8080));
 * }</pre>
 *
 * <p>Invariants: nothing is decided here that a service decides; names of bases are turned into snapshots before anything is stored;
 * every amount of money is an exact decimal.
 *
 * <p>Everything here keeps no state and is safe for any thread.
 */
@NullMarked
package ai.luthier.server.wire;

import org.jspecify.annotations.NullMarked;
