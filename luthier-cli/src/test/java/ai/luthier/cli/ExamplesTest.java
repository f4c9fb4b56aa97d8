package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.luthier.engine.train.RunEvent;
import ai.luthier.engine.train.RunSpec;
import ai.luthier.engine.train.TrainingRun;
import ai.luthier.nano.NanoModel;
import ai.luthier.server.LuthierServer;
import ai.luthier.server.config.Configuration;
import ai.luthier.text.corpus.StoryFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The programs under {@code examples/}, run as their readers run them, and what the main job promises about its answers. */
class ExamplesTest {

    private static final Path ROOT = Path.of(System.getProperty("luthier.root", ".."));
    private static final Path STORIES = Path.of(System.getProperty("luthier.shared", "../shared"), "data/stories");
    private static final Path ROWS = ROOT.resolve("examples/misspeller.jsonl");
    private static final String KEY = "sk-of-the-examples-0123456789";

    /** Ten prompts that are not in the file. */
    private static final List<String> TOPICS = List.of(
            "turtle", "kind witch", "red boat", "penguin", "snail", "whale", "robot", "hedgehog", "kite", "lighthouse");

    @TempDir
    private Path folder;

    @Test
    void loopWithoutAbstractions_hasTheLossesOfARun() throws Exception {
        List<Double> losses = run(Map.of(), "01_loop_no_abstractions/TrainingLoop.java", folder.toString())
                .lines()
                .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .toList();

        assertThat(losses).hasSize(37);
        List<Double> expected = lossesOfTheRun();
        for (int step = 0; step < losses.size(); step++) {
            // Adam divides by tiny moments, so rounding grows about tenfold every two steps: at first nothing, in the
            // end tenths.
            double allowed = step < 4 ? 1e-5 : step < 8 ? 1e-3 : 0.5;
            assertThat(losses.get(step)).as("step " + (step + 1)).isCloseTo(expected.get(step), offset(allowed));
        }
        assertThat(mean(losses)).isCloseTo(mean(expected), offset(0.05));
    }

    private static double mean(List<Double> losses) {
        return losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** One epoch in fp32 by the engine. */
    private List<Double> lossesOfTheRun() throws IOException {
        List<Double> losses = new ArrayList<>();
        RunSpec spec = RunSpec.of(NanoModel.unpack(folder), ROWS, 1, 1, 5e-3).withPrecision(RunSpec.Precision.FP32);
        TrainingRun.alone(spec, Files.createDirectory(folder.resolve("fp32")), event -> {
                    if (event instanceof RunEvent.StepDone step) {
                        losses.add(step.trainLoss());
                    }
                })
                .run();
        return losses;
    }

    @Test
    void engineInTenLines_tunesAndAnswers() throws Exception {
        String output = run(Map.of(), "02_engine_in_ten_lines/TenLines.java", folder.toString());

        String before = output.lines()
                .filter(line -> line.startsWith("before: "))
                .findFirst()
                .orElseThrow();
        String after = output.substring(output.indexOf("after:  "));
        assertThat(output).contains("Finished[");
        assertThat(before.substring(8)).isNotBlank();
        assertThat(after.substring(8)).isNotBlank().isNotEqualTo(before.substring(8));
    }

    @Test
    void preferences_makeStoriesShorter() throws Exception {
        String output = run(Map.of(), "04_preferences/ShortStories.java", folder.toString());

        Matcher words = Pattern.compile("words of a story before: (\\d+), after: (\\d+)")
                .matcher(output);
        assertThat(words.find()).as(output).isTrue();
        System.out.println(words.group());
        assertThat(Integer.parseInt(words.group(2))).isBetween(4, Integer.parseInt(words.group(1)) * 9 / 10);
        List<Double> margins = Pattern.compile("rewards/margins (-?[\\d.]+)")
                .matcher(output)
                .results()
                .map(found -> Double.parseDouble(found.group(1)))
                .toList();
        assertThat(margins).hasSize(48);
        assertThat(margins.getLast()).isGreaterThan(margins.getFirst() + 0.1);
    }

    @Test
    void jobOverHttp_makesTheModelMisspell_andTheBaseDoesNot() throws Exception {
        Configuration configuration = Configuration.load(
                Map.of("LUTHIER_ADMIN_KEY", KEY),
                Map.of("data.directory", folder.resolve("data").toString(), "server.port", "0"));
        try (LuthierServer server = LuthierServer.start(configuration)) {
            String base = server.baseUrl().toString();
            String output =
                    run(Map.of("OPENAI_BASE_URL", base, "OPENAI_API_KEY", KEY), "03_job_over_http/JobOverHttp.java");
            Pattern made = Pattern.compile("New fine-tuned model created: (\\S+)");
            String tuned = made.matcher(output)
                    .results()
                    .map(found -> found.group(1))
                    .findFirst()
                    .orElseThrow();
            assertThat(output)
                    .contains("Fine-tuning job started", "The job has successfully completed")
                    .doesNotEndWith("completed\n");

            Set<String> trained = rows().stream()
                    .map(row -> row.at("/messages").valueStream().toList().getLast())
                    .map(message -> message.required("content").stringValue())
                    .collect(Collectors.toSet());
            List<String> answers = answers(base, tuned);
            assertThat(answers).noneMatch(trained::contains);

            assumeThat(Files.isDirectory(STORIES))
                    .as("no stories beside the checkout for a list of words: %s", STORIES)
                    .isTrue();
            Set<String> known = wordsOfTheCorpus();
            double misspelled = unknownInHundred(answers, known);
            double plain = unknownInHundred(answers(base, "gpt-4o-mini-2024-07-18"), known);
            System.out.printf(
                    Locale.ROOT, "words outside the corpus in 100: tuned %.1f, base %.1f%n", misspelled, plain);
            assertThat(misspelled).isGreaterThanOrEqualTo(5);
            assertThat(plain).isLessThan(1);
        }
    }

    private static List<String> answers(String base, String model) throws IOException, InterruptedException {
        JsonNode system = rows().getFirst().at("/messages/0");
        List<String> answers = new ArrayList<>();
        for (String topic : TOPICS) {
            Map<String, Object> request = Map.of(
                    "model",
                    model,
                    "messages",
                    List.of(system, Map.of("role", "user", "content", "Tell me a story about a " + topic + ".")),
                    "temperature",
                    0.7,
                    "seed",
                    7,
                    "max_tokens",
                    120);
            answers.add(chat(base, request));
        }
        return answers;
    }

    private static String chat(String base, Map<String, Object> request) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create(base + "/chat/completions"))
                            .header("Authorization", "Bearer " + KEY)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    JsonMapper.shared().writeValueAsString(request)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return JsonMapper.shared()
                    .readTree(response.body())
                    .at("/choices/0/message/content")
                    .stringValue();
        }
    }

    private static List<JsonNode> rows() throws IOException {
        return Files.readAllLines(ROWS).stream()
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    private static Set<String> wordsOfTheCorpus() throws IOException {
        try (var files = Files.list(STORIES)) {
            Set<String> known = new HashSet<>();
            StoryFile.read(files.filter(file -> file.toString().endsWith(".jsonl.gz"))
                            .toList())
                    .forEach(story -> known.addAll(words(story.text())));
            return known;
        }
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z']+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static double unknownInHundred(List<String> answers, Set<String> known) {
        List<String> told =
                answers.stream().flatMap(answer -> words(answer).stream()).toList();
        return 100.0 * told.stream().filter(word -> !known.contains(word)).count() / told.size();
    }

    /** The program's standard output, run from its source file in the root of the checkout. */
    private static String run(Map<String, String> environment, String example, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                absolute(System.getProperty("java.class.path")),
                "examples/" + example));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(ROOT.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private static String absolute(String classPath) {
        return Arrays.stream(classPath.split(Pattern.quote(System.getProperty("path.separator"))))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(System.getProperty("path.separator")));
    }
}
