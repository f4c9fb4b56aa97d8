package ai.luthier.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

    /** A PostgreSQL of the test's own, to be killed; its programs are the shared ones. */
    public static EmbeddedPostgres startOwn(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        return EmbeddedPostgres.start(folder.resolve("postgres"), programs());
    }

    private static EmbeddedPostgres startShared() {
        try {
            Path target = Files.createDirectories(Path.of("target")).toAbsolutePath();
            removeLeftovers(target);
            Path folder = Files.createTempDirectory(target, "test-postgres-");
            Files.writeString(
                    folder.resolve("owner"),
                    Long.toString(ProcessHandle.current().pid()));
            EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, programs());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(postgres, folder)));
            return postgres;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends what a killed test run left running. */
    private static void removeLeftovers(Path target) throws IOException {
        try (var folders = Files.newDirectoryStream(target, "test-postgres-*")) {
            for (Path folder : folders) {
                Path owner = folder.resolve("owner");
                if (Files.exists(owner)
                        && ProcessHandle.of(Long.parseLong(Files.readString(owner)))
                                .isEmpty()) {
                    new Cluster(folder, PostgresBinaries.unpack(programs())).stopWithoutCheckpoint();
                    DurableFiles.deleteTree(folder);
                }
            }
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
