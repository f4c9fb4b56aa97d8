package ai.luthier.cli;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.server.LuthierServer;
import ai.luthier.text.misspell.MisspelledRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code luthier demo}: the main job of Luthier as a user would do it, over HTTP, on a server of its own. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Fine-tune the embedded model on examples/misspeller.jsonl through the API and compare its answers.")
final class DemoCommand implements Callable<Integer> {

    /** An OpenAI name, as an application written for OpenAI would use; the catalogue points it at the embedded model. */
    private static final String BASE = "gpt-4o-mini-2024-07-18";

    private static final List<String> PROMPTS = List.of(
            "Tell me a story about a turtle.",
            "Tell me a story about a kind witch.",
            "Tell me a story about a red boat.");
    private static final int LONGEST_ANSWER = 120;
    private static final int SEED = 7;

    @Option(names = "--data", description = "Data directory, kept for later (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("luthier-data", "demo");

    @Option(names = "--file", description = "Training file (default: examples/misspeller.jsonl of this installation).")
    private Path file = Installation.home().resolve("examples").resolve("misspeller.jsonl");

    private final Console console = Console.standard();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Files.isRegularFile(file)) {
            throw new UserError(ErrorCode.FILE_NOT_FOUND, "--file", "There is no training file " + file + ".");
        }
        console.say("Starting a server with the data directory " + data + " ...");
        String key = LocalKey.of(data);
        try (LuthierServer server =
                LuthierServer.start(Settings.of(data, Map.of("server.port", "0", "admin.key", key)))) {
            ApiClient api = new ApiClient(server.baseUrl(), key);
            console.say("It answers at " + server.baseUrl() + ".\n");

            console.say(console.bold("1. What " + BASE + " (the embedded luthier-nano) answers now"));
            List<String> before = answers(api, BASE);

            console.say(console.bold("2. Upload " + file.getFileName() + " and create a job"));
            String fileId = api.upload(file).path("id").asString();
            JsonNode created = api.post(
                    "/fine_tuning/jobs",
                    Map.of("model", BASE, "training_file", fileId, "suffix", "misspeller", "seed", SEED));
            JsonNode job =
                    new JobFollower(api, console).await(created.path("id").asString());
            String tuned = job.path("fine_tuned_model").asString();

            console.say("\n" + console.bold("3. What " + tuned + " answers"));
            List<String> after = answers(api, tuned);

            new DemoReport(console, data, key).print(PROMPTS, before, after, job, server.folderOf(tuned));
        }
        return 0;
    }

    private List<String> answers(ApiClient api, String model) {
        List<String> answers = new ArrayList<>();
        for (String prompt : PROMPTS) {
            JsonNode completion = api.post("/chat/completions", question(model, prompt));
            String answer = completion.at("/choices/0/message/content").asString();
            console.say("   " + console.dim(prompt) + "\n   " + answer.strip() + "\n");
            answers.add(answer);
        }
        return answers;
    }

    private static Map<String, Object> question(String model, String prompt) {
        return Map.of(
                "model", model,
                "messages",
                        List.of(
                                Map.of("role", "system", "content", MisspelledRows.SYSTEM),
                                Map.of("role", "user", "content", prompt)),
                "temperature", 0.7,
                "seed", SEED,
                "max_tokens", LONGEST_ANSWER);
    }
}
