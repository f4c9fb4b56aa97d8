package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.engine.train.options.TrainingMethod;
import ai.luthier.engine.train.options.Tuning;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What frozen layers compute, kept from epoch to epoch: the same result, each row computed once, no more kept than allowed, nothing left. */
@Tag("contract")
class ActivationCacheTest {

    private static final DecoderSpec MODEL = DecoderSpec.llama(60, 32, 48, 4, 4, 2, 64);
    private static final RunData DATA = TinyRun.data(13);

    /** Bytes of a token's states in fp32. */
    private static final long TOKEN = 32 * 4;

    @TempDir
    private Path root;

    private Path base;

    @BeforeEach
    void writeBase() throws IOException {
        base = Files.createDirectories(root.resolve("base"));
        try (DecoderWeights weights = DecoderWeights.random(MODEL, Dtype.FP32, 0.2, 1)) {
            ModelDirectory.write(base, weights, Map.of("eos_token_id", 2));
        }
        Files.writeString(base.resolve("chat_template.jinja"), "{{ messages }}");
    }

    private record Outcome(byte[] weights, List<Double> losses, List<String> warnings) {}

    private Outcome run(String name, RunSpec.Precision precision, TrainingPath path, long bytes) throws IOException {
        Path folder = Files.createDirectory(root.resolve(name));
        List<Double> losses = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        RunSpec spec = TinyRun.spec(base, 4, 3, precision, path)
                .withTuning(new Tuning(TrainingMethod.LAST_LAYERS, List.of(), 1, 2, bytes));
        RunObserver observer = event -> {
            switch (event) {
                case RunEvent.StepDone step -> losses.add(step.trainLoss());
                case RunEvent.Warning warning -> warnings.add(warning.message());
                default -> {}
            }
        };
        assertThat(new TrainingRun(spec, folder, () -> DATA, observer, WriteGate.OPEN, () -> false).run())
                .isEqualTo(RunOutcome.FINISHED);
        assertThat(folder.resolve("activations")).doesNotExist();
        return new Outcome(Files.readAllBytes(folder.resolve("adapter/changed_weights.safetensors")), losses, warnings);
    }

    /** Nothing kept, everything, and as much as the bound allows; without the cache rows share products, which rounds differently. */
    @ParameterizedTest
    @CsvSource({"FP32, REFERENCE", "FP32, FAST", "BF16, REFERENCE", "BF16, FAST"})
    void cached_equalsUncached_bitForBit(RunSpec.Precision precision, TrainingPath path) throws IOException {
        Outcome uncached = run("uncached", precision, path, 1);
        Outcome cached = run("cached", precision, path, 1 << 20);
        assertThat(cached.losses()).isEqualTo(uncached.losses()).hasSize(20);
        assertThat(cached.weights()).isEqualTo(uncached.weights());
        assertThat(cached.warnings()).isEmpty();
        Outcome partly = run("partly", precision, path, 40 * TOKEN);
        assertThat(partly.weights()).isEqualTo(uncached.weights());
        Outcome apart = run("off", precision, path, 0);
        assertThat(apart.losses().getFirst())
                .isCloseTo(uncached.losses().getFirst(), within(precision == RunSpec.Precision.FP32 ? 1e-5 : 0.05));
        assertThat(partly.warnings()).singleElement().asString().contains("of 13 rows", "worker.activationCacheBytes");
    }

    @Test
    void everyRowIsComputedOnce_alone_andReadBackAsItWas() throws IOException {
        List<TokenizedExample> rows = DATA.training();
        List<int[]> computed = new ArrayList<>();
        try (Decoder decoder = ModelDirectory.open(base).decoder(Dtype.FP32);
                ActivationCache cache = new ActivationCache(root.resolve("file"), decoder, rows, 1 << 20);
                PointerScope _ = new PointerScope()) {
            assertThat(root.resolve("file")).as("the file has no name").doesNotExist();
            Random random = new Random(3);
            for (int time = 0; time < 40; time++) {
                List<TokenizedExample> batch = List.of(rows.get(random.nextInt(13)), rows.get(random.nextInt(13)));
                float[] states;
                try (KnownStates known = cache.states(batch, some -> {
                    computed.add(some.ids());
                    return decoder.below(some, 2);
                })) {
                    states = Tensors.toFloats(Objects.requireNonNull(known.of(batch)));
                }
                float[] first = below(decoder, batch.getFirst());
                float[] second = below(decoder, batch.getLast());
                assertThat(Arrays.copyOf(states, first.length)).isEqualTo(first);
                assertThat(Arrays.copyOfRange(states, first.length, states.length))
                        .isEqualTo(second);
            }
            assertThat(computed).hasSize(13);
            assertThat(cache.bytes()).isEqualTo(Batch.of(rows, false).rows().tokens() * TOKEN);
        }
    }

    private static float[] below(Decoder decoder, TokenizedExample example) {
        return Tensors.toFloats(decoder.below(Batch.of(List.of(example), false).rows(), 2));
    }

    @Test
    void noMoreIsKeptThanAllowed() throws IOException {
        List<TokenizedExample> rows = DATA.training();
        try (Decoder decoder = ModelDirectory.open(base).decoder(Dtype.FP32);
                ActivationCache cache = new ActivationCache(root.resolve("file"), decoder, rows, 40 * TOKEN)) {
            assertThat(cache.bytes()).isPositive().isLessThanOrEqualTo(40 * TOKEN);
            assertThat(cache.rows()).isPositive().isLessThan(13);
        }
        int[] lengths = rows.stream()
                .mapToInt(row -> Batch.of(List.of(row), false).rows().tokens())
                .toArray();
        assertThat(Arrays.stream(lengths).limit(2).sum())
                .as("the test's own premise")
                .isLessThan(40);
    }
}
