package ai.luthier.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

class EmbeddedPostgresTest {

    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void letOthersPass() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        root = folder.resolve("a folder with spaces");
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(root, TestDatabase.programs());
    }

    private static String show(DataSource source, String setting) throws SQLException {
        try (var connection = source.getConnection();
                var rows = connection.createStatement().executeQuery("show " + setting)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void isDurable_whateverItsConfigurationFileSays() throws Exception {
        start().close();
        Files.writeString(
                root.resolve("cluster/postgresql.conf"),
                "\nfsync=off\nsynchronous_commit=off\nfull_page_writes=off\nlisten_addresses='*'\n",
                StandardOpenOption.APPEND);
        try (var postgres = start()) {
            assertThat(show(postgres.source(), "fsync")).isEqualTo("on");
            assertThat(show(postgres.source(), "synchronous_commit")).isEqualTo("on");
            assertThat(show(postgres.source(), "full_page_writes")).isEqualTo("on");
            assertThat(show(postgres.source(), "listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(show(postgres.source(), "unix_socket_directories")).isEmpty();
            assertThat(show(postgres.source(), "password_encryption")).isEqualTo("scram-sha-256");
            assertThat(show(postgres.source(), "server_encoding")).isEqualTo("UTF8");
            assertThat(show(postgres.source(), "data_checksums")).isEqualTo("on");
        }
    }

    @Test
    void letsNobodyInWithoutThePassword() throws Exception {
        try (var postgres = start()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("password"))))
                    .isEqualTo("rw-------");
            assertThat(root.resolve("initdb-password")).doesNotExist();
            var stranger = new PGSimpleDataSource();
            stranger.setServerNames(new String[] {"127.0.0.1"});
            stranger.setPortNumbers(((PGSimpleDataSource) postgres.source()).getPortNumbers());
            stranger.setUser(Cluster.USER);
            stranger.setPassword("guess");
            stranger.setDatabaseName(Cluster.DATABASE);
            assertThatThrownBy(stranger::getConnection).hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void keepsItsDataAndItsPort_overRestarts() throws Exception {
        int[] port;
        try (var postgres = start();
                var connection = postgres.source().getConnection()) {
            connection.createStatement().execute("create table kept (id int)");
            port = ((PGSimpleDataSource) postgres.source()).getPortNumbers();
        }
        assertThat(Postmaster.of(root.resolve("cluster"))).isEmpty();
        try (var postgres = start();
                var connection = postgres.source().getConnection()) {
            assertThat(connection.createStatement().execute("select * from kept"))
                    .isTrue();
            assertThat(((PGSimpleDataSource) postgres.source()).getPortNumbers())
                    .isEqualTo(port);
        }
    }

    @Test
    void dropsToAnotherUser_whenStartedByRoot() throws Exception {
        Assumptions.assumeTrue(new UnixSystem().getUid() == 0, "not run as root");
        try (var postgres = start()) {
            Object user = Files.getAttribute(Path.of("/proc", Long.toString(postgres.pid())), "unix:uid");
            assertThat(user).isNotEqualTo(0);
            assertThat(Files.getAttribute(root.resolve("cluster"), "unix:uid")).isEqualTo(user);
        }
        // The cluster keeps its owner when the folder is opened again.
        try (var postgres = start()) {
            assertThat(postgres.pid()).isPositive();
        }
    }

    @Test
    void runsWithoutRights_whereNoOtherUserReachesTheFolder() throws Exception {
        Assumptions.assumeTrue(new UnixSystem().getUid() == 0, "not run as root");
        Assumptions.assumeTrue(
                Command.run(java.util.List.of("unshare", "-U", "true")).succeeded(), "no user namespaces here");
        Path closed = Files.createDirectory(
                folder.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path programs = closed.resolve("programs");
        try (var postgres = EmbeddedPostgres.start(closed.resolve("postgres"), programs)) {
            assertThat(show(postgres.source(), "fsync")).isEqualTo("on");
            // No capability is left to the process: it cannot do what root can.
            assertThat(Files.readString(Path.of("/proc", Long.toString(postgres.pid()), "status")))
                    .containsPattern("CapEff:\\s0000000000000000");
        }
    }

    @Test
    void isNotFooled_byThePidFileOfADeadProcess() throws Exception {
        start().close();
        Files.writeString(
                root.resolve("cluster/postmaster.pid"),
                "%d\n%s\n1700000000\n5432\n\n127.0.0.1\n  1 2\nready\n"
                        .formatted(ProcessHandle.current().pid(), root.resolve("cluster")));
        try (var postgres = start()) {
            assertThat(postgres.pid()).isNotEqualTo(ProcessHandle.current().pid());
        }
    }

    @Test
    void throwsAwayAHalfMadeCluster() throws Exception {
        Files.createDirectories(root.resolve("cluster"));
        Files.writeString(root.resolve("cluster/PG_VERSION"), "18\n");
        try (var postgres = start()) {
            assertThat(show(postgres.source(), "server_version")).startsWith("18");
        }
    }
}
