/**
 * The settings of a server: one record tree, its defaults in code.
 *
 * <p>Open {@link ai.luthier.server.config.Configuration} first; {@link ai.luthier.server.config.Setting} is the list of all keys.
 *
 * <pre>{@code
 * Configuration configuration = Configuration.load(System.getenv(), Map.of("server.port", "9000"));
 * int port = configuration.server().port();
 * }</pre>
 *
 * <p>A value comes from the first of: a flag of the command line, the environment ({@code LUTHIER_SERVER_PORT}), the file
 * {@code luthier.json} in the data directory ({@code {"server": {"port": 9000}}}), the default.
 *
 * <p>Invariants: a name nobody knows is refused, with the nearest one that exists; all that is wrong is said at once; secrets are
 * not repeated in messages.
 *
 * <p>Threads: everything here is immutable.
 */
@NullMarked
package ai.luthier.server.config;

import org.jspecify.annotations.NullMarked;
