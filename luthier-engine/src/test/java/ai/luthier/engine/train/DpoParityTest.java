package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.FamilyFixture;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.fast.Optimisation;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.tokens.TokenizedExample;
import ai.luthier.text.tokens.TokenizedPair;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Loss, rewards and gradients of preference pairs are TRL's, for each kind of loss, on every way through the decoder. The fixture
 * is made by {@code tools/oracles/dpo.py}, which documents the set-up.
 */
@Tag("golden")
class DpoParityTest {

    private static final int PAIRS = 8;
    private static final FamilyFixture MODEL = FamilyFixture.named("llama");

    /** A way to compute the same. */
    enum Way {
        REFERENCE(2048),
        REFERENCE_IN_SMALL_PASSES(30),
        FAST(2048),
        FAST_WITHOUT_SHARING(2048),
        FAST_IN_SMALL_PASSES(30);

        private final int maxTokens;

        Way(int maxTokens) {
            this.maxTokens = maxTokens;
        }

        GradientStep step(Decoder decoder, LoraAdapter adapter) {
            return switch (this) {
                case REFERENCE, REFERENCE_IN_SMALL_PASSES -> new SupervisedStep(decoder, adapter, maxTokens, false);
                case FAST, FAST_IN_SMALL_PASSES ->
                    new FastStep(decoder, adapter, maxTokens, false, FastOptions.DEFAULTS);
                case FAST_WITHOUT_SHARING ->
                    new FastStep(
                            decoder,
                            adapter,
                            maxTokens,
                            false,
                            FastOptions.DEFAULTS.without(Optimisation.PREFIX_SHARING));
            };
        }
    }

    static Stream<Arguments> casesAndWays() throws IOException {
        List<JsonNode> cases = new ArrayList<>();
        try (InputStream in = DpoParityTest.class.getResourceAsStream("dpo.json")) {
            JsonMapper.shared().readTree(Objects.requireNonNull(in)).forEach(cases::add);
        }
        return cases.stream()
                .flatMap(each -> Arrays.stream(Way.values()).map(way -> Arguments.of(spec(each), way, each)));
    }

    private static DpoSpec spec(JsonNode expected) {
        return new DpoSpec(
                DpoSpec.Loss.valueOf(expected.path("loss").asString().toUpperCase(Locale.ROOT)),
                expected.path("beta").doubleValue(),
                expected.path("label_smoothing").doubleValue());
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("casesAndWays")
    void lossRewardsAndGradients_areThoseOfTrl(DpoSpec spec, Way way, JsonNode expected) {
        try (Decoder decoder = MODEL.model().decoder(Dtype.FP32);
                LoraAdapter adapter = LoraAdapter.zero(decoder.spec(), LoraSpec.everyProjection(2, 4));
                GradientStep step = way.step(decoder, adapter);
                PointerScope _ = new PointerScope()) {
            PreferenceStep preferences = new PreferenceStep(step, spec);
            List<TokenizedPair> pairs = pairs(decoder.spec().vocabulary());
            List<PairScore> references = preferences.scores(pairs);
            FormulaFactors.fill(adapter, decoder.spec());
            PreferenceSum sum = preferences.differentiate(pairs, references);
            Measured measured = sum.measured();
            assertThat(measured.loss()).isCloseTo(expected.path("value").doubleValue(), within(1e-4));
            expected.path("metrics")
                    .properties()
                    .forEach(metric -> assertThat(measured.more().get(metric.getKey()))
                            .as(metric.getKey())
                            .isCloseTo(metric.getValue().doubleValue(), within(1e-4)));
            if (expected.path("accuracy").isNumber()) {
                assertThat(measured.accuracy())
                        .isCloseTo(expected.path("accuracy").doubleValue(), within(1e-6));
            }
            assertGradients(Tensors.toFloats(adapter.gradients()), decoder, expected.path("gradients"));
            assertThat(preferences.measure(pairs, references).measured().loss())
                    .as("the same without gradients")
                    .isCloseTo(measured.loss(), within(1e-6));
        }
    }

    private static void assertGradients(float[] gradients, Decoder decoder, JsonNode expected) {
        int at = 0;
        int factor = 0;
        for (int layer = 0; layer < decoder.spec().layers(); layer++) {
            for (Projection projection : Projection.of(decoder.spec())) {
                for (int width : new int[] {projection.inputs(decoder.spec()), projection.outputs(decoder.spec())}) {
                    String name = "layer " + layer + " " + projection + " " + factor;
                    assertFactor(Arrays.copyOfRange(gradients, at, at + 2 * width), expected.get(factor++), name);
                    at += 2 * width;
                }
            }
        }
        assertThat(at).isEqualTo(gradients.length);
    }

    private static void assertFactor(float[] gradient, JsonNode expected, String name) {
        double norm = 0;
        for (float value : gradient) {
            norm += (double) value * value;
        }
        norm = Math.sqrt(norm);
        assertThat(norm).as(name).isCloseTo(expected.path("norm").doubleValue(), within(1e-4 * Math.max(1, norm)));
        int stride = expected.path("stride").intValue();
        for (int i = 0; i < expected.path("values").size(); i++) {
            assertThat((double) gradient[i * stride])
                    .as("%s[%d]", name, i * stride)
                    .isCloseTo(expected.path("values").get(i).doubleValue(), within(1e-4 * Math.max(1, norm)));
        }
    }

    /** The pairs of the script, by the same generator. */
    private static List<TokenizedPair> pairs(int vocabulary) {
        long[] state = {4711};
        IntUnaryOperator below = bound -> {
            state[0] = (state[0] * 1103515245 + 12345) % (1L << 31);
            return (int) (state[0] / 65536 % bound);
        };
        List<TokenizedPair> pairs = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            int prompt = 4 + below.applyAsInt(30);
            int chosen = 1 + below.applyAsInt(12);
            int rejected = 1 + below.applyAsInt(12);
            int[] ids = new int[prompt + chosen + rejected];
            Arrays.setAll(ids, _ -> 3 + below.applyAsInt(vocabulary - 3));
            int[] other = Arrays.copyOf(ids, prompt + rejected);
            System.arraycopy(ids, prompt + chosen, other, prompt, rejected);
            pairs.add(new TokenizedPair(row(Arrays.copyOf(ids, prompt + chosen), prompt), row(other, prompt)));
        }
        return pairs;
    }

    private static TokenizedExample row(int[] ids, int prompt) {
        boolean[] supervised = new boolean[ids.length];
        Arrays.fill(supervised, prompt, ids.length, true);
        return new TokenizedExample(ids, supervised);
    }
}
