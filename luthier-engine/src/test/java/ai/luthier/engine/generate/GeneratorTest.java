package ai.luthier.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Unavailable;
import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.generate.Generation.Finish;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GeneratorTest {

    private static final DecoderSpec SPEC = DecoderSpec.llama(61, 32, 48, 2, 4, 2, 96);
    private static final int[] PROMPT = {5, 9, 2, 44};

    private static Generator generator;

    /** A wide spread of weights makes a random model decided enough for greedy and drawn answers to be worth comparing. */
    private static Decoder decoder() {
        return new Decoder(DecoderWeights.random(SPEC, Dtype.FP32, 0.4, 12));
    }

    /** Token i reads as the letter 'A' + i, except three that are the bytes of one euro sign. */
    private static byte[] bytes(int id) {
        return switch (id) {
            case 58 -> new byte[] {(byte) 0xE2};
            case 59 -> new byte[] {(byte) 0x82};
            case 60 -> new byte[] {(byte) 0xAC};
            default -> String.valueOf((char) ('A' + id)).getBytes(StandardCharsets.UTF_8);
        };
    }

    @BeforeAll
    static void load() {
        generator = new Generator(decoder(), GeneratorTest::bytes, () -> {});
    }

    @AfterAll
    static void close() {
        generator.close();
    }

    private static GenerationRequest request(int maxTokens, Sampling sampling, String... stop) {
        return new GenerationRequest(
                PROMPT, Optional.empty(), sampling, maxTokens, List.of(stop), Set.of(), -1, () -> false);
    }

    @Test
    void greedyAnswerIsTheArgmaxOfFullForwardPasses() {
        List<Integer> expected = new ArrayList<>();
        try (Decoder decoder = decoder()) {
            for (int i = 0; i < 20; i++) {
                int[] row = IntStream.concat(
                                Arrays.stream(PROMPT), expected.stream().mapToInt(id -> id))
                        .toArray();
                expected.add(argmax(lastScores(decoder, row)));
            }
        }

        Generation answer = generator.generate(request(20, Sampling.greedy()), TokenListener.NONE);

        assertThat(answer.ids()).isEqualTo(expected);
        assertThat(answer.finish()).isEqualTo(Finish.LENGTH);
    }

    private static float[] lastScores(Decoder decoder, int[] row) {
        return lastScores(decoder, row, Adapter.NONE);
    }

    private static float[] lastScores(Decoder decoder, int[] row, Adapter adapter) {
        return Scopes.withoutGradients(() -> {
            try (var _ = new PointerScope()) {
                return Tensors.toFloats(
                        decoder.logits(decoder.hidden(Rows.of(row), adapter).narrow(0, row.length - 1, 1)));
            }
        });
    }

    private static int argmax(float[] scores) {
        return IntStream.range(0, scores.length)
                .reduce((a, b) -> scores[b] > scores[a] ? b : a)
                .orElseThrow();
    }

    @Test
    void equalSeedsGiveEqualAnswers_whateverElseRuns() throws Exception {
        GenerationRequest request = request(60, Sampling.at(1.2, 99));
        Generation alone = generator.generate(request, TokenListener.NONE);

        var crowd = new ArrayList<Callable<Generation>>();
        for (int i = 0; i < 8; i++) {
            Sampling other = Sampling.at(1, i);
            GenerationRequest asked = i % 2 == 0 ? request : request(40 + i, other);
            crowd.add(() -> generator.generate(asked, TokenListener.NONE));
        }
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Generation>> answers = callers.invokeAll(crowd);
            for (int i = 0; i < 8; i += 2) {
                assertThat(answers.get(i).get()).isEqualTo(alone);
            }
        }
        assertThat(generator.generate(request(60, Sampling.at(1.2, 100)), TokenListener.NONE))
                .isNotEqualTo(alone);
    }

    @Test
    void aShortRequestIsNotHeldUpByALongOne() throws Exception {
        var longHasBegun = new CountDownLatch(1);
        var longIsDone = new AtomicBoolean();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Generation> slow = callers.submit(() -> {
                Generation answer =
                        generator.generate(request(90, Sampling.at(1, 1)), piece -> longHasBegun.countDown());
                longIsDone.set(true);
                return answer;
            });
            longHasBegun.await();
            generator.generate(request(2, Sampling.greedy()), TokenListener.NONE);
            boolean waited = longIsDone.get();
            assertThat(slow.get().ids()).hasSize(90);
            assertThat(waited).isFalse();
        }
    }

    @Test
    void piecesJoinToTheText_andStopStringsNeverLeak() {
        String free = generator
                .generate(request(50, Sampling.at(1, 3)), TokenListener.NONE)
                .text();
        String stop = free.substring(20, 24);
        String expected = free.substring(0, free.indexOf(stop));
        var joined = new StringBuilder();
        var ids = new ArrayList<Integer>();

        Generation answer = generator.generate(request(50, Sampling.at(1, 3), stop, "never"), piece -> {
            joined.append(piece.text());
            ids.addAll(piece.ids());
        });

        assertThat(answer.text()).isEqualTo(expected).isEqualTo(joined.toString());
        assertThat(answer.finish()).isEqualTo(Finish.STOP);
        assertThat(answer.ids()).isEqualTo(ids);
    }

    @Test
    void charactersOfSeveralTokensComeOutWhole() {
        Sampling euros = new Sampling(0, 1, 0, Map.of(58, 200.0, 59, 199.0, 60, 198.0), 0, 2);
        var pieces = new ArrayList<String>();

        Generation answer = generator.generate(request(3, euros), piece -> pieces.add(piece.text()));

        assertThat(answer.ids()).hasSize(3);
        assertThat(String.join("", pieces)).isEqualTo(answer.text());
        assertThat(pieces).noneMatch(piece -> piece.length() == 1 && Character.isSurrogate(piece.charAt(0)));
    }

    @Test
    void stopIdsEndTheAnswerAndAreNoPartOfIt() {
        List<Integer> free = generator
                .generate(request(30, Sampling.greedy()), TokenListener.NONE)
                .ids();
        int stopId = free.get(10);
        GenerationRequest request = GenerationRequest.of(PROMPT, 30, Sampling.greedy(), Set.of(stopId));

        Generation answer = generator.generate(request, TokenListener.NONE);

        assertThat(answer.ids()).isEqualTo(free.subList(0, free.indexOf(stopId)));
        assertThat(answer.finish()).isEqualTo(Finish.STOP);
    }

    @Test
    void logprobsAreTheModelsOwn_whateverTheSampling() {
        Sampling odd = new Sampling(2, 0.5, 5, Map.of(7, 3.0), 1, 1);
        GenerationRequest request =
                new GenerationRequest(PROMPT, Optional.empty(), odd, 4, List.of(), Set.of(), 3, () -> false);

        Generation answer = generator.generate(request, TokenListener.NONE);

        assertThat(answer.logprobs()).hasSize(4);
        try (Decoder decoder = decoder()) {
            float[] scores = lastScores(decoder, PROMPT);
            TokenLogprob first = answer.logprobs().getFirst();
            double normaliser = Math.log(IntStream.range(0, scores.length)
                    .mapToDouble(i -> Math.exp(scores[i]))
                    .sum());
            assertThat(first.logprob()).isCloseTo(scores[answer.ids().getFirst()] - normaliser, within(1e-4));
            assertThat(first.top().getFirst().id()).isEqualTo(argmax(scores));
            assertThat(first.top()).hasSize(3);
        }
    }

    @Test
    void cancelledRequestEnds_withWhatItHas() {
        var pieces = new ArrayList<String>();
        GenerationRequest request = new GenerationRequest(
                PROMPT, Optional.empty(), Sampling.greedy(), 80, List.of(), Set.of(), -1, () -> pieces.size() >= 5);

        Generation answer = generator.generate(request, piece -> {
            synchronized (pieces) {
                pieces.add(piece.text());
            }
        });

        assertThat(answer.finish()).isEqualTo(Finish.CANCELLED);
        assertThat(answer.ids()).hasSizeBetween(5, 79);
        assertThat(answer.text()).isEqualTo(String.join("", pieces));
    }

    @Test
    void whatAListenerThrowsComesOut_andTheGeneratorGoesOn() {
        assertThatThrownBy(() -> generator.generate(request(80, Sampling.greedy()), piece -> {
                    throw new IllegalStateException("client gone");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("client gone");
        assertThat(generator
                        .generate(request(3, Sampling.greedy()), TokenListener.NONE)
                        .ids())
                .hasSize(3);
    }

    @Test
    void aPromptThatFillsTheContextIsRefused_andAnAnswerNeverOutgrowsIt() {
        int[] full = new int[SPEC.context()];
        assertThatThrownBy(() -> generator.generate(
                        GenerationRequest.of(full, 1, Sampling.greedy(), Set.of()), TokenListener.NONE))
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED))
                .hasMessageContaining("maximum context length is 96 tokens")
                .hasMessageContaining("resulted in 96 tokens");

        Generation answer = generator.generate(request(1000, Sampling.greedy()), TokenListener.NONE);
        assertThat(answer.ids()).hasSize(SPEC.context() - PROMPT.length);
        assertThat(answer.finish()).isEqualTo(Finish.LENGTH);
    }

    @Test
    void anAdapterChangesItsOwnAnswersOnly_andGoesWhenDetached(@TempDir Path folder) throws Exception {
        List<Integer> expected;
        Path peft = folder.resolve("adapter");
        try (LoraAdapter lora = LoraAdapter.fresh(SPEC, LoraSpec.everyProjection(4, 8), 3);
                Decoder decoder = decoder();
                var _ = new PointerScope()) {
            Scopes.withoutGradients(() -> lora.values().uniform_(-0.3, 0.3, new GeneratorOptional()));
            PeftDirectory.write(peft, lora, new PeftDirectory.Base("base", "00", folder));
            expected = new ArrayList<>();
            Adapter adapter = lora.in(Dtype.FP32);
            for (int i = 0; i < 12; i++) {
                int[] row = IntStream.concat(
                                Arrays.stream(PROMPT), expected.stream().mapToInt(id -> id))
                        .toArray();
                expected.add(argmax(lastScores(decoder, row, adapter)));
            }
        }
        Generation base = generator.generate(request(12, Sampling.greedy()), TokenListener.NONE);
        AdapterHandle handle = generator.attach(peft);
        GenerationRequest tuned = request(12, Sampling.greedy()).with(handle);

        assertThat(generator.generate(tuned, TokenListener.NONE).ids())
                .isEqualTo(expected)
                .isNotEqualTo(base.ids());
        assertThat(generator.generate(request(12, Sampling.greedy()), TokenListener.NONE))
                .isEqualTo(base);

        generator.detach(handle);
        assertThatThrownBy(() -> generator.generate(tuned, TokenListener.NONE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("detached");
    }

    @Test
    void closingEndsRunningRequests() throws Exception {
        var own = new Generator(decoder(), GeneratorTest::bytes, () -> {});
        var begun = new CountDownLatch(1);
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> answer = callers.submit(() -> own.generate(request(90, Sampling.greedy()), piece -> {
                begun.countDown();
                own.close();
            }));
            begun.await();
            assertThatThrownBy(answer::get).hasCauseInstanceOf(Unavailable.class);
        }
        assertThatThrownBy(() -> own.generate(request(1, Sampling.greedy()), TokenListener.NONE))
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void storiesFifteenMillionContinueTheGoldenTokens() throws Exception {
        Path folder = Path.of(System.getProperty("luthier.shared", "../shared"), "models/stories15M");
        Assumptions.assumeTrue(Files.exists(folder), "no " + folder);
        JsonNode golden = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("golden.json")));
        List<Integer> expected = new ArrayList<>();
        golden.required("greedy_ids").forEach(id -> expected.add(id.intValue()));
        ModelDirectory model = ModelDirectory.open(folder);

        try (var stories = Generator.load(model, Dtype.FP32)) {
            var joined = new StringBuilder();
            Generation answer = stories.generate(
                    GenerationRequest.of(new int[] {1}, expected.size() - 1, Sampling.greedy(), Collections.emptySet()),
                    piece -> joined.append(piece.text()));

            assertThat(answer.ids()).isEqualTo(expected.subList(1, expected.size()));
            // The first token carries the space that a decoder of whole texts drops.
            String text = golden.required("text").stringValue().replace("<0x0A>", "\n");
            assertThat(answer.text()).isEqualTo(" " + text).isEqualTo(joined.toString());
        }
    }
}
