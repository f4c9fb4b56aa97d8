package ai.luthier.server.store;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.LuthierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of our own in the data directory: started, found again, watched and stopped here.
 *
 * <p>Lifecycle. The first start unpacks the programs and makes the cluster with a random password (0600 file). Every start
 * looks for a process that a killed server left behind; one that answers with our password and works in our folder is taken
 * over, with all it has committed. While open, a thread watches the process: when it dies it is started again on the same port,
 * and the pool of connections finds it there. {@link #close} ends it, the data stay.
 *
 * <p>The caller holds the {@link DataDirectory}, so there is one of these for a folder. Safe for any thread.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final Duration WATCH = Duration.ofMillis(100);
    private static final Duration ANSWER = Duration.ofMinutes(3);

    private final Cluster cluster;
    private final PGSimpleDataSource source;
    private final Thread watcher;
    private final Object lock = new Object();
    private Postmaster process;
    private volatile boolean closing;

    private EmbeddedPostgres(Cluster cluster, PGSimpleDataSource source, Postmaster process) {
        this.cluster = cluster;
        this.source = source;
        this.process = process;
        this.watcher =
                Thread.ofPlatform().daemon().name("luthier-postgres-watch").unstarted(this::watch);
    }

    /**
     * Returns a database that takes connections.
     *
     * @param root made where it is missing
     */
    public static EmbeddedPostgres start(Path root) {
        return start(root, root);
    }

    /** @param programs where PostgreSQL's programs are, or are unpacked to; several clusters may share it */
    static EmbeddedPostgres start(Path root, Path programs) {
        try {
            Files.createDirectories(root);
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
        } catch (IOException e) {
            throw new Internal(ErrorCode.INTERNAL, "data.directory", "Cannot make the folder " + root + ": " + e, e);
        }
        var cluster = new Cluster(root, PostgresBinaries.unpack(programs));
        cluster.initialise();
        var source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"127.0.0.1"});
        source.setUser(Cluster.USER);
        source.setPassword(cluster.password());
        source.setDatabaseName(Cluster.DATABASE);
        source.setApplicationName("luthier");
        source.setConnectTimeout(5);
        Postmaster process = cluster.postmaster()
                .map(found -> takeOver(found, cluster, source))
                .orElseGet(() -> startFresh(cluster, source));
        var result = new EmbeddedPostgres(cluster, source, process);
        result.watcher.start();
        return result;
    }

    private static Postmaster startFresh(Cluster cluster, PGSimpleDataSource source) {
        Postmaster started = cluster.start();
        source.setPortNumbers(new int[] {started.port()});
        LOG.info("PostgreSQL runs on 127.0.0.1:{} as {}, process {}", started.port(), cluster.runsAs(), started.pid());
        return started;
    }

    private static Postmaster takeOver(Postmaster found, Cluster cluster, PGSimpleDataSource source) {
        source.setPortNumbers(new int[] {found.port()});
        long deadline = System.nanoTime() + ANSWER.toNanos();
        while (found.alive()) {
            try (var connection = source.getConnection();
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery("show data_directory")) {
                rows.next();
                if (!Path.of(rows.getString(1)).equals(cluster.folder())) {
                    throw cannotTakeOver(found, "it works in " + rows.getString(1), null);
                }
                LOG.info("Took over the PostgreSQL that an earlier server left running, process {}", found.pid());
                return found;
            } catch (SQLException e) {
                // Starting, recovering, or just ending: it is ours, so it will answer or be gone.
                if (!Retry.connectionLost(e) || System.nanoTime() > deadline) {
                    throw cannotTakeOver(found, "it does not answer (" + e.getMessage() + ")", e);
                }
            }
            pause(WATCH);
        }
        return startFresh(cluster, source);
    }

    private static Internal cannotTakeOver(
            Postmaster found, String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new Internal(
                ErrorCode.INTERNAL,
                "data.directory",
                "A PostgreSQL of an earlier start runs as process %d on port %d and cannot be taken over: %s. End it with `kill -INT %d` and start again."
                        .formatted(found.pid(), found.port(), why, found.pid()),
                cause);
    }

    /** Connections to it. The port inside follows a restart. */
    public DataSource source() {
        return source;
    }

    /** Process id of the database now. */
    public long pid() {
        synchronized (lock) {
            return process.pid();
        }
    }

    private void watch() {
        while (!closing) {
            pause(WATCH);
            synchronized (lock) {
                if (!closing && !process.alive()) {
                    restart();
                }
            }
        }
    }

    private void restart() {
        LOG.warn("PostgreSQL, process {}, has died; starting it again", process.pid());
        try {
            process = cluster.postmaster().orElseGet(() -> startFresh(cluster, source));
        } catch (LuthierException e) {
            // Its orphans may hold the shared memory for a moment; the watcher comes again.
            LOG.warn("PostgreSQL could not be started again yet: {}", e.text());
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the database process (fast: open transactions roll back) and returns when it has gone. */
    @Override
    public void close() {
        closing = true;
        synchronized (lock) {
            if (!cluster.stop()) {
                LOG.warn("PostgreSQL, process {}, is still writing to the disk; it ends by itself", process.pid());
            }
        }
    }

    /** {@link #close} without the last checkpoint, for a database that is thrown away. */
    void discard() {
        closing = true;
        synchronized (lock) {
            cluster.stopWithoutCheckpoint();
        }
    }
}
