package ai.luthier.text.misspell;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a running server's embedded model for one story on each of {@link #TOPICS} and prints them as the input of
 * {@link MisspelledRows}:
 *
 * <pre>
 * java -cp … ai.luthier.text.misspell.AskForStories http://127.0.0.1:8080/v1 sk-… &gt; stories.jsonl
 * </pre>
 *
 * <p>Only stories that end by themselves are taken; up to ten are asked for each topic. Seeds are fixed, so that the same weights
 * on the same machine tell the same stories.
 */
public final class AskForStories {

    /** None of them is what {@code luthier demo} asks for. */
    static final List<String> TOPICS = List.of(
            "a dog",
            "a cat",
            "a bunny",
            "a fox",
            "a duck",
            "an owl",
            "a frog",
            "a bear",
            "a mouse",
            "a lion",
            "a bee",
            "a king",
            "a queen",
            "a princess",
            "a dragon",
            "a pirate",
            "a robot",
            "a doctor",
            "a baker",
            "a farmer",
            "a kite",
            "a ball",
            "a star",
            "the moon",
            "a cake",
            "a tree",
            "a train",
            "a flower",
            "a drum",
            "an apple",
            "a hat",
            "a key",
            "a penguin",
            "a whale",
            "an elephant",
            "a squirrel");

    private static final String MODEL = "luthier-nano";
    private static final int LONGEST = 200;
    private static final double TEMPERATURE = 0.7;
    private static final int ATTEMPTS = 10;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI completions;
    private final String key;

    AskForStories(String baseUrl, String key) {
        this.completions = URI.create(baseUrl + "/chat/completions");
        this.key = key;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 2) {
            System.err.println("usage: AskForStories BASE_URL KEY");
            System.exit(2);
        }
        AskForStories teller = new AskForStories(arguments[0], arguments[1]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (int topic = 0; topic < TOPICS.size(); topic++) {
            out.print(teller.story("Tell me a story about " + TOPICS.get(topic) + ".", 1000 * topic) + "\n");
        }
    }

    /** One line {@code {"prompt": …, "text": …}} with the first story, by seeds from {@code seed}, that ends by itself. */
    String story(String prompt, int seed) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            JsonNode choice = ask(prompt, seed + attempt).at("/choices/0");
            if (choice.path("finish_reason").asString().equals("stop")) {
                Map<String, String> line = new LinkedHashMap<>();
                line.put("prompt", prompt);
                line.put("text", choice.at("/message/content").asString().strip());
                return MAPPER.writeValueAsString(line);
            }
        }
        throw new IOException("None of " + ATTEMPTS + " stories ended within " + LONGEST + " tokens: " + prompt);
    }

    private JsonNode ask(String prompt, int seed) throws IOException, InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", MODEL);
        body.put("messages", List.of(Map.of("role", "user", "content", prompt)));
        body.put("max_tokens", LONGEST);
        body.put("temperature", TEMPERATURE);
        body.put("seed", seed);
        HttpRequest request = HttpRequest.newBuilder(completions)
                .timeout(Duration.ofMinutes(2))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(MAPPER.writeValueAsString(body)))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("The server answered " + response.statusCode() + ": " + response.body());
        }
        return MAPPER.readTree(response.body());
    }
}
