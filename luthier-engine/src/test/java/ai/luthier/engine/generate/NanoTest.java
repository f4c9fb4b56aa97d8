package ai.luthier.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.generate.Generation.Finish;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.pretrain.BitsPerByte;
import ai.luthier.engine.pretrain.PretrainRecipe;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.nano.NanoModel;
import ai.luthier.text.bpe.BpeEncoder;
import ai.luthier.text.bpe.BpeVocabulary;
import ai.luthier.text.bpe.TokenizerFiles;
import ai.luthier.text.corpus.HeldOut;
import ai.luthier.text.corpus.PretrainCorpus;
import ai.luthier.text.corpus.SequenceEncoder;
import ai.luthier.text.corpus.Story;
import ai.luthier.text.corpus.StoryFile;
import ai.luthier.text.tokens.TextTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the embedded model promises, measured on topics it was never trained to tell about. The numbers and samples of its model
 * card are what this prints: {@code mvn -q -pl luthier-engine -am -Pslow test -Dtest=NanoTest -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class NanoTest {

    private static final List<String> REQUESTS =
            List.of("Tell me a story about %s.", "Can you tell me a story about %s?");

    /** Of twenty; the mean of so many rounds, because one round's sum has a standard deviation of two. */
    private static final int WANTED = 16;

    private static final int ROUNDS = 8;

    private static final Path STORIES = Path.of(System.getProperty("luthier.shared", "../shared"), "data/stories");

    @TempDir
    static Path cache;

    private static ModelDirectory model;
    private static PretrainRecipe recipe;
    private static BpeVocabulary vocabulary;
    private static BpeEncoder encoder;
    private static Generator generator;

    @BeforeAll
    static void load() throws IOException {
        Path directory = NanoModel.unpack(cache);
        model = ModelDirectory.open(directory);
        vocabulary = TokenizerFiles.read(directory);
        encoder = new BpeEncoder(vocabulary);
        Path root = Path.of(System.getProperty("luthier.root", ".."));
        recipe = JsonMapper.shared()
                .readValue(Files.readAllBytes(root.resolve("luthier-nano/recipe/pretrain.json")), PretrainRecipe.class);
        generator = Generator.load(model, Dtype.FP32);
    }

    @AfterAll
    static void close() {
        generator.close();
    }

    private static Generation ask(String request, double temperature, long seed) {
        return generator.generate(
                GenerationRequest.of(prompt(request), 300, Sampling.at(temperature, seed), model.stopIds()),
                TokenListener.NONE);
    }

    private static int[] prompt(String request) {
        var ids = IntStream.builder();
        ids.add(vocabulary.special("<|user|>"));
        Arrays.stream(encoder.encode(request)).forEach(ids);
        ids.add(vocabulary.special(SequenceEncoder.END));
        ids.add(vocabulary.special("<|assistant|>"));
        return ids.build().toArray();
    }

    @Test
    @Tag("slow")
    void answersOnHeldOutTopicsEndNameTheTopic_andRepeatNoStoryOfTheCorpus() throws IOException {
        var told = new ArrayList<String>();
        var sums = new ArrayList<Integer>();
        for (int round = 0; round < ROUNDS; round++) {
            sums.add(good(round, told));
        }
        int good = sums.stream().mapToInt(Integer::intValue).sum();
        System.out.println(sums + " of 20 end by themselves and name the topic, " + (double) good / ROUNDS + " of 20");
        assertThat(good).isGreaterThanOrEqualTo(WANTED * ROUNDS);
        if (Files.exists(STORIES)) {
            Set<String> beginnings = beginningsOfTheCorpus();
            assertThat(told).noneMatch(text -> beginnings.contains(beginning(text)));
        }
    }

    /** How many of a round's twenty answers end and name the topic; the first round is printed. */
    private static int good(int round, List<String> told) {
        int good = 0;
        for (int i = 0; i < 20; i++) {
            String topic = recipe.heldOutTopics().get(i / 2);
            String article = "aeiou".indexOf(topic.charAt(0)) >= 0 ? "an " : "a ";
            String request = REQUESTS.get(i % 2).formatted(article + topic);
            Generation answer = ask(request, 0.7, 20L * round + i);
            String text = answer.text();
            boolean names = text.toLowerCase(Locale.ROOT).contains(topic);
            boolean ends = answer.finish() == Finish.STOP;
            good += names && ends ? 1 : 0;
            told.add(text);
            if (round == 0) {
                System.out.printf(
                        "%s%n[%s, %s, %d tokens]%n%s%n%n",
                        request,
                        ends ? "ends" : "does not end",
                        names ? "names it" : "does not name it",
                        answer.ids().size(),
                        text);
            }
        }
        return good;
    }

    @Test
    void greedyAnswerIsTheOneOfTransformers() throws IOException {
        JsonNode golden;
        try (InputStream file = NanoTest.class.getResourceAsStream("nano_greedy.json")) {
            golden = JsonMapper.shared().readTree(file);
        }
        GenerationRequest request = GenerationRequest.of(
                prompt(golden.required("request").stringValue()), 32, Sampling.greedy(), model.stopIds());

        assertThat(request.prompt()).containsExactly(ids(golden.required("prompt_ids")));
        assertThat(generator.generate(request, TokenListener.NONE).ids())
                .containsExactlyElementsOf(Arrays.stream(ids(golden.required("greedy_ids")))
                        .boxed()
                        .toList());
    }

    private static int[] ids(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    private static Set<String> beginningsOfTheCorpus() throws IOException {
        return StoryFile.read(storyFiles()).stream()
                .map(story -> beginning(story.text()))
                .collect(Collectors.toSet());
    }

    /** The first thirty words. */
    private static String beginning(String text) {
        List<String> words = List.of(text.split("\\s+"));
        return String.join(" ", words.subList(0, Math.min(30, words.size())));
    }

    private static List<Path> storyFiles() throws IOException {
        try (var files = Files.list(STORIES)) {
            return files.filter(file -> file.toString().endsWith(".jsonl.gz"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    @Tag("slow")
    void bitsPerByteOnHeldOutStories_besideStories15M() throws Exception {
        Path shared = Path.of(System.getProperty("luthier.shared", "../shared"));
        Assumptions.assumeTrue(Files.exists(STORIES), "no " + STORIES);
        List<Story> held = PretrainCorpus.shape(
                        StoryFile.read(storyFiles()),
                        new HeldOut(recipe.heldOutTopics(), recipe.heldOutNames()),
                        recipe.seed())
                .validationStories()
                .subList(0, 300);
        double theirs;
        double ours;
        ModelDirectory other = ModelDirectory.open(shared.resolve("models/stories15M"));
        try (Decoder decoder = other.decoder(Dtype.FP32);
                TextTokenizer tokenizer = other.tokenizer()) {
            var bits = new BitsPerByte(decoder);
            for (Story story : held) {
                int[] ids = tokenizer.encode(story.text(), false);
                bits.add(1, ids, story.text().getBytes(StandardCharsets.UTF_8).length);
            }
            theirs = bits.value();
        }
        try (Decoder decoder = model.decoder(Dtype.FP32)) {
            var bits = new BitsPerByte(decoder);
            for (Story story : held) {
                bits.add(
                        vocabulary.special(SequenceEncoder.TEXT),
                        encoder.encode(story.text()),
                        story.text().getBytes(StandardCharsets.UTF_8).length);
            }
            ours = bits.value();
        }
        System.out.printf(
                Locale.ROOT, "bits per byte on 300 held-out stories: nano %.4f, stories15M %.4f%n", ours, theirs);
        assertThat(theirs).isBetween(0.2, 1.0);
        assertThat(ours).isLessThan(1.0);
    }
}
