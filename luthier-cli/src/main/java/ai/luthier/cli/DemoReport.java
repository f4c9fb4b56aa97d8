package ai.luthier.cli;

import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What {@code luthier demo} says at its end: before beside after, what it cost, where the weights are, how to go on. */
final class DemoReport {

    private static final int LATER_PORT = 8080;
    private static final int WIDTH = 56;

    private final Console console;
    private final Path data;
    private final String key;

    DemoReport(Console console, Path data, String key) {
        this.console = console;
        this.data = data;
        this.key = key;
    }

    void print(List<String> prompts, List<String> before, List<String> after, JsonNode job, Path weights) {
        console.print(console.bold("Before and after"));
        for (int i = 0; i < prompts.size(); i++) {
            console.print("");
            console.print("  " + prompts.get(i));
            sideBySide(before.get(i).strip(), after.get(i).strip());
        }
        String model = job.path("fine_tuned_model").asString();
        console.print("");
        console.print("Trained tokens   " + job.path("trained_tokens").asLong());
        console.print("OpenAI's price   " + job.at("/luthier/price_usd").asString("?") + " USD for training "
                + job.path("model").asString() + "; here it was free");
        console.print("The weights      " + weights);
        console.print("");
        console.print("Start the server on it again, then any of the three lines below works as printed:");
        console.print("  ./luthier serve --data " + data + " --port " + LATER_PORT);
        print(Snippets.python(baseUrl(), key, model));
        print(Snippets.node(baseUrl(), key, model));
        print(Snippets.curl(baseUrl(), key, model));
    }

    private void print(String snippet) {
        console.print("");
        snippet.lines().forEach(line -> console.print("  " + line));
    }

    private static String baseUrl() {
        return "http://127.0.0.1:" + LATER_PORT + "/v1";
    }

    private void sideBySide(String left, String right) {
        List<String> leftLines = TextBlock.wrap(left, WIDTH);
        List<String> rightLines = TextBlock.wrap(right, WIDTH);
        for (int i = 0; i < Math.max(leftLines.size(), rightLines.size()); i++) {
            String first = i < leftLines.size() ? leftLines.get(i) : "";
            String second = i < rightLines.size() ? rightLines.get(i) : "";
            console.print("  " + TextBlock.pad(first, WIDTH) + " | " + console.green(second));
        }
    }
}
