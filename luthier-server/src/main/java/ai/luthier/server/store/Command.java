package ai.luthier.server.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a short command to its end. Its output goes to a file first, so that a child it leaves behind cannot hold us up. */
final class Command {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Command() {}

    /**
     * @param status exit status; -1 where the command could not be started or ran out of time
     * @param output both streams, UTF-8
     */
    record Result(int status, String output) {
        boolean succeeded() {
            return status == 0;
        }
    }

    static Result run(List<String> words) {
        try {
            Path output = Files.createTempFile("luthier-", ".out");
            try {
                return run(words, output);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            return new Result(-1, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(-1, "interrupted");
        }
    }

    private static Result run(List<String> words, Path output) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(words)
                .directory(Path.of("/").toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        // The database must not depend on who happened to start it.
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("PG"));
        builder.environment().put("LANG", "C");
        Process process = builder.start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return new Result(-1, "no end after " + LIMIT.toSeconds() + " s: " + String.join(" ", words));
        }
        return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }
}
