package ai.luthier.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code luthier serve} in a process of its own, as a person starts it, for tests that end it in all the ways a process can end.
 * Used by one thread.
 */
final class ServerProcess implements AutoCloseable {

    static final String KEY = "sk-of-the-owner-0123456789";

    private final Process process;
    private final Path data;
    private final ApiClient api;
    private final URI url;

    private ServerProcess(Process process, Path data, URI url) {
        this.process = process;
        this.data = data;
        this.url = url;
        this.api = new ApiClient(url, KEY);
    }

    /**
     * Returns when requests are answered.
     *
     * @param settings further settings, {@code key=value}
     */
    static ServerProcess start(Path data, String... settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--port",
                "0",
                "--data",
                data.toString()));
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        Path log = data.resolveSibling(data.getFileName() + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("LUTHIER_ADMIN_KEY", KEY);
        Process process = builder.start();
        String promise = "export OPENAI_BASE_URL=";
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(promise)) {
                return new ServerProcess(process, data, URI.create(line.substring(promise.length())));
            }
        }
        throw new IOException("the server ended without a word; its log: " + Files.readString(log));
    }

    ApiClient api() {
        return api;
    }

    URI url() {
        return url;
    }

    /** {@code kill -9} of the server alone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** {@code kill -9} of the server and of every process that it started and that did not leave its family. */
    void killWithWorkers() {
        List<ProcessHandle> family = process.descendants().toList();
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
    }

    /** {@code kill -9} of PostgreSQL. */
    void killPostgres() {
        ProcessHandle.of(postgresPid()).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** SIGTERM; returns at once. */
    void terminate() {
        process.destroy();
    }

    boolean ended(int seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    long postgresPid() {
        return Long.parseLong(postmaster().getFirst().strip());
    }

    /** The first column of what a query finds in the server's database. */
    List<String> query(String sql) throws IOException, SQLException {
        String password = Files.readString(data.resolve("postgres/password")).strip();
        String address = "jdbc:postgresql://127.0.0.1:" + postmaster().get(3).strip() + "/postgres";
        List<String> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(address, "luthier", password);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    private List<String> postmaster() {
        try {
            return Files.readAllLines(data.resolve("postgres/cluster/postmaster.pid"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it in order, and by force where that takes too long. */
    @Override
    public void close() {
        try {
            terminate();
            if (!ended(60)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
    }
}
