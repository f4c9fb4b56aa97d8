package ai.luthier.server.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Plays the server in a process of its own, so that tests can kill it. */
final class StandInServer implements AutoCloseable {

    private final Process process;
    private final long postgresPid;

    private StandInServer(Process process, long postgresPid) {
        this.process = process;
        this.postgresPid = postgresPid;
    }

    /** The child: opens the folder, commits a row, says where its PostgreSQL is, and waits to be killed. */
    public static void main(String[] arguments) throws IOException {
        var directory = DataDirectory.open(Path.of(arguments[0]));
        var postgres = EmbeddedPostgres.start(directory.postgres(), Path.of(arguments[1]));
        var database = Database.open(postgres.source(), 2);
        database.write(handle -> handle.execute(
                "insert into secret (name, value) values ('witness', decode('cafe', 'hex')) on conflict do nothing"));
        directory.announce(URI.create("http://127.0.0.1:8089"));
        System.out.println("postgres " + postgres.pid());
        int end = System.in.read();
        database.close();
        postgres.close();
        directory.close();
        System.exit(end);
    }

    static StandInServer start(Path folder) throws IOException {
        var process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StandInServer.class.getName(),
                        folder.toString(),
                        TestDatabase.programs().toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                .lines()
                .iterator();
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.startsWith("postgres ")) {
                return new StandInServer(process, Long.parseLong(line.substring("postgres ".length())));
            }
        }
        throw new UncheckedIOException(new IOException("the child ended without a word"));
    }

    long pid() {
        return process.pid();
    }

    long postgresPid() {
        return postgresPid;
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
