package ai.luthier.server.store;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The database of a server: the built-in one of the data directory, or the owner's own by URL. Safe for any thread.
 *
 * <p>Closing it closes the pool and, for the built-in one, ends PostgreSQL.
 */
public final class Storage implements AutoCloseable {

    private final @Nullable EmbeddedPostgres embedded;
    private final Database database;

    private Storage(@Nullable EmbeddedPostgres embedded, Database database) {
        this.embedded = embedded;
        this.database = database;
    }

    /**
     * @param url of the owner's PostgreSQL, see {@link ExternalPostgres}; empty for the built-in one
     * @param connections size of the pool
     */
    public static Storage open(DataDirectory directory, Optional<String> url, int connections) {
        if (url.isPresent()) {
            return new Storage(null, Database.open(ExternalPostgres.source(url.get()), connections));
        }
        EmbeddedPostgres embedded = EmbeddedPostgres.start(directory.postgres());
        try {
            return new Storage(embedded, Database.open(embedded.source(), connections));
        } catch (RuntimeException e) {
            embedded.close();
            throw e;
        }
    }

    public Database database() {
        return database;
    }

    @Override
    public void close() {
        database.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
