/**
 * The ground every other room stands on: the data directory, the PostgreSQL in it, and transactions that survive its restarts.
 *
 * <p>Open {@link ai.luthier.server.store.Database} first. A server starts like this:
 *
 * <pre>{@code
 * try (var directory = DataDirectory.open(Path.of("luthier-data"));       // one server at a time
 *         var postgres = EmbeddedPostgres.start(directory.postgres());    // or ExternalPostgres.source(url)
 *         var database = Database.open(postgres.source(), 10)) {          // migrated, pooled
 *     String version = database.read(handle -> handle.createQuery("show server_version").mapTo(String.class).one());
 * }
 * }</pre>
 *
 * <p>Invariants: a transaction that returned is on the disk (fsync, synchronous_commit and full_page_writes are on, whatever
 * the configuration file of the cluster says); a connection that breaks is replaced and the work done again while nothing was
 * committed, for a bounded time, after which callers see {@link ai.luthier.api.Unavailable}; identifiers are random and come
 * from {@link ai.luthier.server.store.Ids} alone.
 *
 * <p>Threads: every public class here may be used from any thread. One daemon thread watches the database process.
 */
@NullMarked
package ai.luthier.server.store;

import org.jspecify.annotations.NullMarked;
