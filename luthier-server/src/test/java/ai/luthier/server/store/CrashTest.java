package ai.luthier.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Conflict;
import ai.luthier.api.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the server, and of PostgreSQL. */
@Timeout(120)
class CrashTest {

    @TempDir
    Path folder;

    @BeforeEach
    void letOthersPass() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @Test
    void aSecondServerIsRefused_andTheOrphanedPostgresIsTakenOver() throws Exception {
        try (var server = StandInServer.start(folder)) {
            assertThatThrownBy(() -> DataDirectory.open(folder))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("process id " + server.pid() + " at http://127.0.0.1:8089");

            server.kill();
            assertThat(ProcessHandle.of(server.postgresPid())).isPresent();

            try (var directory = DataDirectory.open(folder);
                    var postgres = EmbeddedPostgres.start(directory.postgres(), TestDatabase.programs());
                    var database = Database.open(postgres.source(), 2)) {
                assertThat(postgres.pid()).isEqualTo(server.postgresPid());
                assertThat(witnesses(database)).isEqualTo(1);
            }
            assertThat(Postmaster.of(folder.resolve("postgres/cluster"))).isEmpty();
        }
    }

    @Test
    void postgresComesBack_whenItsProcessIsKilledDuringWrites() throws Exception {
        try (var directory = DataDirectory.open(folder);
                var postgres = EmbeddedPostgres.start(directory.postgres(), TestDatabase.programs());
                var database = Database.open(postgres.source(), 4)) {
            long before = postgres.pid();
            List<String> acknowledged = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                if (i == 100) {
                    ProcessHandle.of(before).orElseThrow().destroyForcibly();
                }
                String name = "row-" + i;
                write(database, name);
                acknowledged.add(name);
            }
            assertThat(postgres.pid()).isNotEqualTo(before);
            assertThat(names(database)).containsAll(acknowledged);
        }
    }

    @Test
    void callersSeeUnavailable_onceTheirPatienceIsOver() throws Exception {
        try (var postgres = EmbeddedPostgres.start(folder.resolve("postgres"), TestDatabase.programs());
                var database = Database.open(postgres.source(), 2, java.time.Duration.ofSeconds(1))) {
            stop(postgres);
            assertThat(database.ready()).isFalse();
            assertThatThrownBy(() -> write(database, "late"))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("did not answer for 1 s");
        }
    }

    private static void stop(EmbeddedPostgres postgres) {
        postgres.close();
    }

    private static void write(Database database, String name) {
        database.writeRepeatable(handle -> handle.execute(
                "insert into secret (name, value) values (?, decode('00', 'hex')) on conflict do nothing", name));
    }

    private static int witnesses(Database database) {
        return database.read(handle -> handle.createQuery("select count(*) from secret where name = 'witness'")
                .mapTo(Integer.class)
                .one());
    }

    private static List<String> names(Database database) {
        return database.read(handle -> handle.createQuery("select name from secret")
                .mapTo(String.class)
                .list());
    }
}
