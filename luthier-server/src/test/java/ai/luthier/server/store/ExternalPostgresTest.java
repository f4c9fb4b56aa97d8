package ai.luthier.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class ExternalPostgresTest {

    @Test
    void theSameServerRuns_onAPostgresOfTheOwner(@TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        Path theirs = folder.resolve("theirs");
        try (var postgres = EmbeddedPostgres.start(theirs, TestDatabase.programs())) {
            // Somebody else's server: made lax for everyone, and password with a character that needs escaping.
            try (var connection = postgres.source().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("create role owner login createdb superuser password 'p@ss:wörd+1'");
                statement.execute("alter role owner set synchronous_commit = off");
                statement.execute("create database tuning owner owner");
            }
            int port = ((PGSimpleDataSource) postgres.source()).getPortNumbers()[0];
            String url = "postgresql://owner:p%40ss%3Aw%C3%B6rd+1@127.0.0.1:" + port + "/tuning";
            try (var directory = DataDirectory.open(folder.resolve("ours"));
                    var storage = Storage.open(directory, Optional.of(url), 3)) {
                assertThat(storage.database().ready()).isTrue();
                assertThat(storage.database()
                                .<String>read(handle -> handle.createQuery("show synchronous_commit")
                                        .mapTo(String.class)
                                        .one()))
                        .isEqualTo("on");
                assertThat(directory.postgres()).doesNotExist();
            }
            refusals(folder, url);
        }
    }

    private static void refusals(Path folder, String url) {
        try (var directory = DataDirectory.open(folder.resolve("ours"))) {
            // The server's own database is not the one this folder was made with; its files must not be swept away.
            assertThatThrownBy(() -> Storage.open(directory, Optional.of(url.replace("/tuning", "/postgres")), 3))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("belongs to another database");
            assertThatThrownBy(() -> Storage.open(directory, Optional.of(url.replace("owner:p", "owner:q")), 3))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("password authentication failed");
            assertThatThrownBy(() -> Storage.open(directory, Optional.of(url.replace("/tuning", "/nothing")), 3))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("\"nothing\" does not exist");
            Storage.open(directory, Optional.of(url), 3).close();
        }
    }

    @Test
    void readsJdbcUrlsToo() {
        var source = (PGSimpleDataSource)
                ExternalPostgres.source("jdbc:postgresql://db.example:6543/luthier?user=me&password=secret");
        assertThat(source.getServerNames()).containsExactly("db.example");
        assertThat(source.getPortNumbers()).containsExactly(6543);
        assertThat(source.getUser()).isEqualTo("me");
        assertThat(URI.create(source.getUrl().substring(5)).getPath()).isEqualTo("/luthier");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql://host/db", "my-db-host", "postgresql:///nohost", "postgresql://ho st/db"})
    void refusesOtherUrls_withoutRepeatingThem(String url) {
        assertThatThrownBy(() -> ExternalPostgres.source(url))
                .hasMessageContaining("postgresql://user:password@host:5432/database")
                .hasMessageNotContaining(url);
    }
}
