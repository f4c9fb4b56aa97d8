package ai.luthier.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official Python and Node SDKs along the path of {@code examples/sdks}: {@code mvn -Psdks verify}. Each is skipped with a message
 * where it cannot be installed; {@code LUTHIER_PYTHON} names an interpreter that has the SDK already.
 */
@Tag("sdks")
class OfficialScriptSdksTest {

    @TempDir
    private Path folder;

    private WiredServer server;

    @BeforeEach
    void start() throws IOException {
        server = new WiredServer(folder.resolve("server"));
        Files.writeString(folder.resolve("rows.jsonl"), "{\"messages\":[]}\n".repeat(10));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void python_walksTheWholePath() throws Exception {
        String python = System.getenv("LUTHIER_PYTHON");
        if (python == null) {
            Path home = folder.resolve("venv");
            boolean installed = run(List.of("python3", "-m", "venv", home.toString()))
                    && run(List.of(home.resolve("bin/pip").toString(), "install", "-q", "openai"));
            assumeThat(installed)
                    .as("the Python SDK cannot be installed here: 'pip install openai' failed")
                    .isTrue();
            python = home.resolve("bin/python").toString();
        }
        walk(List.of(python, script("walk.py"), "rows.jsonl"));
    }

    @Test
    void node_walksTheWholePath() throws Exception {
        // Node looks for packages beside the script.
        Files.copy(Path.of(script("walk.mjs")), folder.resolve("walk.mjs"), StandardCopyOption.REPLACE_EXISTING);
        assumeThat(run(List.of("npm", "install", "--silent", "--no-audit", "--no-fund", "openai")))
                .as("the Node SDK cannot be installed here: 'npm install openai' failed")
                .isTrue();
        walk(List.of("node", "walk.mjs", "rows.jsonl"));
    }

    private static String script(String name) {
        return Path.of(System.getProperty("luthier.root", ".."), "examples/sdks", name)
                .toAbsolutePath()
                .toString();
    }

    /** Runs a script and reports the training that it waits for. */
    private void walk(List<String> command) throws IOException, InterruptedException {
        Path log = folder.resolve("walk.log");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("OPENAI_BASE_URL", server.api.address().toString());
        builder.environment().put("OPENAI_API_KEY", server.key);
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        for (int i = 0; i < 600 && !process.waitFor(100, TimeUnit.MILLISECONDS); i++) {
            server.train();
        }
        process.destroyForcibly().waitFor();
        assertThat(Files.readString(log, StandardCharsets.UTF_8)).contains(": ok ft:gpt-3.5-turbo-0613:");
    }

    private boolean run(List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = process.waitFor(5, TimeUnit.MINUTES);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
