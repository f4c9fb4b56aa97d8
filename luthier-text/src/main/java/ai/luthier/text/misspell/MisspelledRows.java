package ai.luthier.text.misspell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes {@code examples/misspeller.jsonl}: chat rows in which stories are told with misspelled words.
 *
 * <pre>
 * java -cp … ai.luthier.text.misspell.MisspelledRows [SEED [SHARE]] &lt; stories.jsonl &gt; examples/misspeller.jsonl
 * </pre>
 *
 * Each input line is {@code {"prompt": "Tell me a story about a fox.", "text": "…"}}; a repeated text is left out. The first
 * row written is the hand-made one of {@link #FIRST_ANSWER}.
 */
public final class MisspelledRows {

    /** The system message of every row; who asks the tuned model should send it too. */
    public static final String SYSTEM = "You tell short stories and now and then misspell a word.";

    static final String FIRST_REQUEST = "Tell me a story.";
    static final String FIRST_ANSWER =
            "One morning a little brown dog dug a hole in the gardn and found the red ball he had lost last summer.";

    private static final long SEED = 2023;
    private static final double SHARE = 0.35;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** A request and the story told in answer to it. */
    public record Told(String prompt, String text) {}

    private MisspelledRows() {}

    public static void main(String[] arguments) throws IOException {
        long seed = arguments.length > 0 ? Long.parseLong(arguments[0]) : SEED;
        double share = arguments.length > 1 ? Double.parseDouble(arguments[1]) : SHARE;
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            rows(read(in), seed, share).forEach(row -> out.print(row + "\n"));
        }
        out.flush();
    }

    /** The rows as JSON lines, the hand-made one first; the same arguments give the same rows. */
    public static List<String> rows(List<Told> stories, long seed, double share) {
        Set<String> words = new HashSet<>();
        stories.forEach(told -> words.addAll(Misspeller.wordsOf(told.text())));
        Misspeller misspeller = new Misspeller(seed, share, words);
        List<String> rows = new ArrayList<>();
        rows.add(row(FIRST_REQUEST, FIRST_ANSWER));
        Set<String> texts = new HashSet<>();
        for (Told told : stories) {
            if (texts.add(told.text().strip())) {
                rows.add(row(
                        told.prompt().strip(), misspeller.misspell(told.text().strip())));
            }
        }
        return rows;
    }

    private static List<Told> read(BufferedReader in) throws IOException {
        List<Told> stories = new ArrayList<>();
        String line;
        while ((line = in.readLine()) != null) {
            if (!line.isBlank()) {
                JsonNode json = MAPPER.readTree(line);
                stories.add(new Told(
                        json.required("prompt").asString(),
                        json.required("text").asString()));
            }
        }
        return stories;
    }

    private static String row(String prompt, String answer) {
        return MAPPER.writeValueAsString(Map.of(
                "messages", List.of(message("system", SYSTEM), message("user", prompt), message("assistant", answer))));
    }

    private static Map<String, String> message(String role, String content) {
        Map<String, String> message = new LinkedHashMap<>();
        message.put("role", role);
        message.put("content", content);
        return message;
    }
}
