package ai.luthier.cli;

import ai.luthier.server.LuthierServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code luthier chat}: a conversation on the terminal, through the running server or one that is started for it. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        description = "Talk to a base or a fine-tuned model. An empty line or Ctrl-D ends the conversation.")
final class ChatCommand implements Callable<Integer> {

    @Parameters(paramLabel = "MODEL", description = "A base or an ft: model.")
    private String model;

    @Option(names = "--system", description = "System message.")
    private @Nullable String system;

    @Option(names = "--message", description = "Ask this one question and end.")
    private @Nullable String message;

    @Option(names = "--temperature", description = "0 to 2 (default: ${DEFAULT-VALUE}).")
    private double temperature = 0.7;

    @Option(names = "--max-tokens", description = "Longest answer (default: ${DEFAULT-VALUE}).")
    private int maxTokens = 300;

    @Option(names = "--data", description = "Data directory (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("luthier-data");

    private final Console console = Console.standard();

    @Override
    public Integer call() throws IOException {
        Optional<ApiClient> running = StateAccess.server(data);
        if (running.isPresent()) {
            talk(running.get());
            return 0;
        }
        try (LuthierServer server = LuthierServer.start(Settings.of(data, Map.of("server.port", "0")))) {
            server.firstKey().ifPresent(key -> console.say("A first API key was made for this data directory: " + key));
            talk(StateAccess.server(data).orElseThrow());
        }
        return 0;
    }

    private void talk(ApiClient api) throws IOException {
        // A wrong name is said before the first question, not after it.
        api.get("/models/" + URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20"));
        List<Map<String, Object>> messages = new ArrayList<>();
        if (system != null) {
            messages.add(Map.of("role", "system", "content", system));
        }
        if (message != null) {
            ask(api, messages, message);
            return;
        }
        BufferedReader terminal = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (true) {
            System.err.print(console.bold("> "));
            System.err.flush();
            String line = terminal.readLine();
            if (line == null || line.isBlank()) {
                return;
            }
            ask(api, messages, line);
        }
    }

    private void ask(ApiClient api, List<Map<String, Object>> messages, String question) throws IOException {
        messages.add(Map.of("role", "user", "content", question));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", model);
        body.put("messages", messages);
        body.put("temperature", temperature);
        body.put("max_tokens", maxTokens);
        body.put("stream", true);
        StringBuilder answer = new StringBuilder();
        api.chat(body, piece -> {
            answer.append(piece);
            System.out.print(piece);
            System.out.flush();
        });
        System.out.println();
        messages.add(Map.of("role", "assistant", "content", answer.toString()));
    }
}
