package ai.luthier.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Real databases for tests: one PostgreSQL for all tests of this JVM, in a folder under {@code target}, and a fresh, migrated schema of
 * it for each test that asks. The process ends with the JVM.
 */
public final class TestDatabase {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final EmbeddedPostgres SHARED = startShared();

    private TestDatabase() {}

    /** Where PostgreSQL's programs are unpacked once for all tests. */
    static Path programs() {
        return Path.of("target", "postgres-programs").toAbsolutePath();
    }

    /** A new schema, migrated; the caller closes the pool. */
    public static Database open() {
        String name = "test_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();
        PGSimpleDataSource main = (PGSimpleDataSource) SHARED.source();
        try (var connection = main.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create schema " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        var source = new PGSimpleDataSource();
        source.setServerNames(main.getServerNames());
        source.setPortNumbers(main.getPortNumbers());
        source.setUser(main.getUser());
        source.setPassword(main.getPassword());
        source.setDatabaseName(main.getDatabaseName());
        source.setCurrentSchema(name);
        return Database.open(source, 6);
    }

    private static EmbeddedPostgres startShared() {
        try {
            Path folder = Files.createTempDirectory(
                    Files.createDirectories(Path.of("target")).toAbsolutePath(), "test-postgres-");
            EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, programs());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(postgres, folder)));
            return postgres;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void stop(EmbeddedPostgres postgres, Path folder) {
        postgres.discard();
        try {
            DurableFiles.deleteTree(folder);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
