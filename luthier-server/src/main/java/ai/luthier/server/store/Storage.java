package ai.luthier.server.store;

import java.util.Optional;
import javax.sql.DataSource;
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
     * Connects, migrates, and makes sure that the directory belongs to this database.
     *
     * @param url of the owner's PostgreSQL, see {@link ExternalPostgres}; empty for the built-in one
     * @param connections size of the pool
     */
    public static Storage open(DataDirectory directory, Optional<String> url, int connections) {
        @Nullable EmbeddedPostgres embedded = url.isPresent() ? null : EmbeddedPostgres.start(directory.postgres());
        try {
            DataSource source = embedded == null ? ExternalPostgres.source(url.orElseThrow()) : embedded.source();
            return new Storage(embedded, bound(directory, Database.open(source, connections)));
        } catch (RuntimeException e) {
            if (embedded != null) {
                embedded.close();
            }
            throw e;
        }
    }

    private static Database bound(DataDirectory directory, Database database) {
        try {
            Installation.bind(directory, database);
            return database;
        } catch (RuntimeException e) {
            database.close();
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
