package ai.luthier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.luthier.server.config.Configuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official Python and Node SDKs along the path of {@code examples/sdks}, against a whole server with the embedded base and real
 * training: {@code mvn -Psdks verify}. {@code examples/sdks/install.sh} puts them into {@code target/sdks}; each is skipped with a
 * message where that is impossible.
 */
@Tag("sdks")
class OfficialScriptSdksTest {

    private static final String KEY = "sk-of-the-application-0123456789";
    private static final Path SCRIPTS =
            Path.of(System.getProperty("luthier.root", ".."), "examples/sdks").toAbsolutePath();
    private static final Path INSTALLED = Path.of("target", "sdks").toAbsolutePath();

    @TempDir
    private static Path folder;

    private static LuthierServer server;

    @BeforeAll
    static void start() throws IOException {
        Files.setPosixFilePermissions(
                folder, PosixFilePermissions.fromString("rwx--x--x")); // PostgreSQL may run as another user
        Files.write(folder.resolve("rows.jsonl"), TrainingRows.ofTenAnimals());
        server = LuthierServer.start(Configuration.load(
                Map.of("LUTHIER_ADMIN_KEY", KEY),
                Map.of("data.directory", folder.resolve("data").toString(), "server.port", "0")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void python_walksTheWholePath() throws Exception {
        Path home = install("python");
        walk("python", home.resolve("bin/python").toString(), SCRIPTS.resolve("walk.py"));
    }

    @Test
    void node_walksTheWholePath() throws Exception {
        Path home = install("node");
        // Node looks for packages beside the script.
        Path script = home.resolve("walk.mjs");
        Files.copy(SCRIPTS.resolve("walk.mjs"), script, StandardCopyOption.REPLACE_EXISTING);
        walk("node", "node", script);
    }

    private static Path install(String language) throws IOException, InterruptedException {
        Path home = INSTALLED.resolve(language);
        Path log = folder.resolve(language + "-install.log");
        Process process = new ProcessBuilder(SCRIPTS.resolve("install.sh").toString(), language, home.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        process.destroyForcibly();
        String said = Files.readString(log, StandardCharsets.UTF_8).strip();
        System.out.println(said);
        assumeThat(ended && process.exitValue() == 0).as(said).isTrue();
        return home;
    }

    private static void walk(String language, String interpreter, Path script)
            throws IOException, InterruptedException {
        Path log = folder.resolve(language + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(interpreter, script.toString(), "rows.jsonl").directory(folder.toFile());
        builder.environment().put("OPENAI_BASE_URL", server.baseUrl().toString());
        builder.environment().put("OPENAI_API_KEY", KEY);
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        process.destroyForcibly();
        String said = Files.readString(log, StandardCharsets.UTF_8);
        assertThat(said).contains(language + ": ok ft:gpt-3.5-turbo-0613:");
        assertThat(ended).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }
}
