package ai.luthier.engine.fast;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.model.Activation;
import ai.luthier.engine.model.AttentionSpec;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.EndsSpec;
import ai.luthier.engine.model.FeedForwardSpec;
import ai.luthier.engine.model.LayerSpec;
import ai.luthier.engine.model.ModuleNames;
import ai.luthier.engine.model.NormSpec;
import ai.luthier.engine.model.RopeSpec;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.model.TrainingPass;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast path against the reference: hidden states and the gradients of every factor. */
@Tag("contract")
class FastParityTest {

    static final DecoderSpec GROUPED = DecoderSpec.llama(60, 32, 48, 3, 4, 2, 512);
    private static final LoraSpec EVERYTHING = LoraSpec.everyProjection(4, 8);

    /** Rows of one block and of several, and one of a single token. */
    private static final int[] LENGTHS = {5, 1, 2 * Geometry.BLOCK + 11, 17, Geometry.BLOCK};

    /** Rows that begin with the same tokens, and how many follow; one is the shared beginning itself. */
    private static final int SHARED = Geometry.BLOCK + 5;

    private static final int[] FOLLOWING = {9, 0, 30, 1};

    /** What the reference gave, since every option is compared with the same. */
    private static final Map<List<?>, Result> REFERENCES = new HashMap<>();

    /** What a pass gives: hidden states at the outputs, and all gradients in the vector's order. */
    private record Result(float[] hidden, float[] gradients) {}

    /** All but what concerns several passes. */
    static Stream<FastOptions> options() {
        Optimisation[] all = Arrays.stream(Optimisation.values())
                .filter(one -> one != Optimisation.PASSES_SIDE_BY_SIDE)
                .toArray(Optimisation[]::new);
        return IntStream.range(0, 1 << all.length)
                .mapToObj(bits -> new FastOptions(IntStream.range(0, all.length)
                        .filter(i -> ((bits >> i) & 1) == 1)
                        .mapToObj(i -> all[i])
                        .collect(Collectors.toSet())));
    }

    @ParameterizedTest
    @MethodSource("options")
    void everyOption_equalsTheReference(FastOptions options) {
        for (boolean recompute : new boolean[] {false, true}) {
            compare(GROUPED, EVERYTHING, Dtype.FP32, options, recompute, 1e-5);
        }
    }

    static Stream<DecoderSpec> specs() {
        return Stream.of(
                DecoderSpec.llama(60, 32, 48, 1, 4, 4, 512), // one layer, no sharing of heads
                DecoderSpec.llama(60, 48, 40, 2, 6, 1, 512), // one key-value head for all
                biased(),
                with(AttentionSpec.QueryKeyNorm.HEAD, 0, plain(), plain()),
                with(AttentionSpec.QueryKeyNorm.NONE, 3, plain(), plain()),
                with(AttentionSpec.QueryKeyNorm.NONE, 0, windowed(20), windowed(140)),
                with(AttentionSpec.QueryKeyNorm.NONE, 0, plain(), new LayerSpec(null, 0, 0.3), windowed(1)),
                with(AttentionSpec.QueryKeyNorm.HEAD, 2, windowed(130), new LayerSpec(null, 7, 0.3), plain()));
    }

    private static LayerSpec plain() {
        return windowed(0);
    }

    private static LayerSpec windowed(int window) {
        return new LayerSpec(RopeSpec.plain(8, 1e4), window, 1 / Math.sqrt(8));
    }

    /** What attention can have besides: norms of heads, a soft cap, layers of different kinds. */
    private static DecoderSpec with(AttentionSpec.QueryKeyNorm norm, double softCap, LayerSpec... layers) {
        return new DecoderSpec(
                60,
                32,
                48,
                4,
                2,
                8,
                512,
                List.of(layers),
                NormSpec.rms(1e-6),
                new AttentionSpec(false, false, norm, softCap),
                new FeedForwardSpec(true, Activation.SILU, false),
                EndsSpec.plain(true),
                false,
                ModuleNames.LLAMA);
    }

    /** Biases everywhere, heads wider than their share, a head of its own. */
    static DecoderSpec biased() {
        LayerSpec layer = new LayerSpec(RopeSpec.plain(16, 1e6), 0, 0.25);
        return new DecoderSpec(
                60,
                32,
                48,
                4,
                2,
                16,
                512,
                List.of(layer, layer),
                NormSpec.rms(1e-6),
                new AttentionSpec(true, true, AttentionSpec.QueryKeyNorm.NONE, 0),
                new FeedForwardSpec(true, Activation.SILU, true),
                EndsSpec.plain(false),
                false,
                ModuleNames.LLAMA);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void everyShape_equalsTheReference(DecoderSpec spec) {
        compare(spec, EVERYTHING, Dtype.FP32, FastOptions.DEFAULTS, false, 1e-5);
        compare(spec, EVERYTHING, Dtype.FP32, FastOptions.PLAIN, true, 1e-5);
        compare(
                spec,
                EVERYTHING,
                Dtype.FP32,
                FastOptions.DEFAULTS.with(Optimisation.STACKED_PRODUCTS).without(Optimisation.KEPT_SCORES),
                false,
                1e-5);
    }

    @ParameterizedTest
    @MethodSource("targets")
    void adaptersOfSomeProjections_equalTheReference(List<String> targets) {
        LoraSpec some = new LoraSpec(3, 6, targets);
        compare(GROUPED, some, Dtype.FP32, FastOptions.DEFAULTS, false, 1e-5);
        compare(GROUPED, some, Dtype.FP32, FastOptions.PLAIN, false, 1e-5);
    }

    static Stream<List<String>> targets() {
        return Stream.of(
                List.of("q_proj", "v_proj"), List.of("down_proj"), List.of("k_proj", "up_proj"), List.of("o_proj"));
    }

    static Stream<FastOptions> oneOptionEach() {
        return Stream.concat(
                Stream.of(FastOptions.PLAIN, FastOptions.DEFAULTS),
                Stream.of(Optimisation.values()).map(FastOptions.PLAIN::with));
    }

    /**
     * Both round to eight bits after every operation, at other places: the distance from the exact result is a matter of chance,
     * but over several draws no larger than the reference's own.
     */
    @ParameterizedTest
    @MethodSource("oneOptionEach")
    void bf16_isNoLessExactThanTheReference(FastOptions options) {
        double[] ofReference = new double[2];
        double[] ofFast = new double[2];
        for (int seed = 1; seed <= 6; seed++) {
            Result exact = reference(GROUPED, EVERYTHING, Dtype.FP32, seed);
            Result rounded = reference(GROUPED, EVERYTHING, Dtype.BF16, seed);
            Result fast = fast(GROUPED, EVERYTHING, Dtype.BF16, options, false, seed);
            ofReference[0] += squaredDistance(exact.hidden, rounded.hidden);
            ofReference[1] += squaredDistance(exact.gradients, rounded.gradients);
            ofFast[0] += squaredDistance(exact.hidden, fast.hidden);
            ofFast[1] += squaredDistance(exact.gradients, fast.gradients);
        }
        assertThat(Math.sqrt(ofFast[0] / ofReference[0])).as("hidden").isLessThan(1.1);
        assertThat(Math.sqrt(ofFast[1] / ofReference[1])).as("gradients").isLessThan(1.1);
    }

    /** However much of the forward pass is kept: what is computed again is what was there. */
    @ParameterizedTest
    @ValueSource(longs = {0, 30_000, 100_000, 150_000, 220_000, 400_000, 600_000})
    void anyBudget_givesTheSameBits(long keptBytes) {
        List<Long> kept = new ArrayList<>();
        assertThat(budgeted(keptBytes, kept).gradients).isEqualTo(budgeted(Long.MAX_VALUE, kept).gradients);
        assertThat(kept.getFirst()).isLessThan(kept.getLast());
    }

    private static Result budgeted(long keptBytes, List<Long> kept) {
        return with(GROUPED, EVERYTHING, Dtype.BF16, 2, (decoder, adapter, rows, outputs, gradient) -> {
            try (FastDecoder fast = new FastDecoder(decoder, adapter, FastOptions.DEFAULTS)) {
                fast.refresh();
                try (FastPass pass = fast.pass(rows, outputs, keptBytes, null)) {
                    assertThat(pass.keptBytes()).isLessThanOrEqualTo(keptBytes);
                    kept.add(pass.keptBytes());
                    pass.backward(gradient);
                    return Tensors.toFloats(pass.hidden());
                }
            }
        });
    }

    @Test
    void twoPasses_giveTheSameBits() {
        Result first = fast(GROUPED, EVERYTHING, Dtype.BF16, FastOptions.DEFAULTS, false, 2);
        Result second = fast(GROUPED, EVERYTHING, Dtype.BF16, FastOptions.DEFAULTS, false, 2);
        assertThat(second.hidden).isEqualTo(first.hidden);
        assertThat(second.gradients).isEqualTo(first.gradients);
    }

    private static void compare(
            DecoderSpec spec, LoraSpec lora, Dtype dtype, FastOptions options, boolean recompute, double tolerance) {
        Result expected = reference(spec, lora, dtype, 2);
        Result actual = fast(spec, lora, dtype, options, recompute, 2);
        assertThat(largest(expected.gradients)).isGreaterThan(0.01);
        assertThat(largestDifference(expected.hidden, actual.hidden))
                .isLessThan(tolerance * Math.max(1, largest(expected.hidden)));
        assertThat(largestDifference(expected.gradients, actual.gradients))
                .isLessThan(tolerance * Math.max(1, largest(expected.gradients)));
    }

    private static Result reference(DecoderSpec spec, LoraSpec lora, Dtype dtype, int seed) {
        return REFERENCES.computeIfAbsent(
                List.of(spec, lora, dtype, seed), _ -> computedReference(spec, lora, dtype, seed));
    }

    private static Result computedReference(DecoderSpec spec, LoraSpec lora, Dtype dtype, int seed) {
        return with(spec, lora, dtype, seed, (decoder, adapter, rows, outputs, gradient) -> {
            TrainingPass pass = decoder.trainingPass(rows, adapter.in(dtype), false);
            Tensor where = Tensors.longs(outputs);
            Tensor whole = torch.zeros_like(pass.hidden());
            Scopes.withoutGradients(() -> whole.index_copy_(0, where, gradient));
            pass.backward(whole);
            return Tensors.toFloats(pass.hidden().index_select(0, where));
        });
    }

    private static Result fast(
            DecoderSpec spec, LoraSpec lora, Dtype dtype, FastOptions options, boolean recompute, int seed) {
        return with(spec, lora, dtype, seed, (decoder, adapter, rows, outputs, gradient) -> {
            try (FastDecoder fast = new FastDecoder(decoder, adapter, options)) {
                fast.refresh();
                try (FastPass pass = fast.pass(rows, outputs, recompute)) {
                    pass.backward(gradient);
                    return Tensors.toFloats(pass.hidden());
                }
            }
        });
    }

    private interface Body {
        float[] hidden(Decoder decoder, LoraAdapter adapter, Rows rows, long[] outputs, Tensor gradient);
    }

    private static Result with(DecoderSpec spec, LoraSpec lora, Dtype dtype, int seed, Body body) {
        try (DecoderWeights exact = DecoderWeights.random(spec, Dtype.FP32, 0.15, 1);
                Decoder decoder =
                        new Decoder(exact.map(tensor -> tensor.add(wave(tensor)).to(dtype.scalarType())));
                LoraAdapter adapter = LoraAdapter.fresh(spec, lora, 3);
                PointerScope _ = new PointerScope()) {
            Scopes.withoutGradients(() -> adapter.values().add_(wave(adapter.values())));
            Rows rows = rows(seed);
            long[] outputs = outputs(rows);
            Tensor gradient = Tensors.zeros(Dtype.FP32, outputs.length, spec.width())
                    .normal_(0, 1.0 / outputs.length, new GeneratorOptional(generator()))
                    .to(dtype.scalarType());
            float[] hidden = body.hidden(decoder, adapter, rows, outputs, gradient);
            return new Result(hidden, Tensors.toFloats(adapter.gradients()));
        }
    }

    private static Generator generator() {
        return torch.createCPUGenerator(5);
    }

    /** Small and nowhere zero: moves norms away from one, biases and B away from zero. */
    static Tensor wave(Tensor like) {
        return torch.arange(new org.bytedeco.pytorch.Scalar(like.numel()))
                .sin()
                .mul(new org.bytedeco.pytorch.Scalar(0.1))
                .view(Tensors.shape(like));
    }

    static Rows rows(int seed) {
        Random random = new Random(seed);
        List<int[]> rows = new ArrayList<>();
        for (int length : LENGTHS) {
            rows.add(random.ints(length, 0, GROUPED.vocabulary()).toArray());
        }
        int[] prompt = random.ints(SHARED, 0, GROUPED.vocabulary()).toArray();
        for (int length : FOLLOWING) {
            int[] row = Arrays.copyOf(prompt, SHARED + length);
            for (int i = SHARED; i < row.length; i++) {
                row[i] = (7 * i + length) % GROUPED.vocabulary();
            }
            rows.add(row);
        }
        return Rows.of(rows);
    }

    /**
     * The second row has none, the third two runs with a gap; of the rows that begin alike the end of what they share, so that its
     * tokens are asked for once for every row, and all that follows.
     */
    static long[] outputs(Rows rows) {
        return IntStream.range(0, rows.tokens())
                .filter(token -> token == 4
                        || (token >= 20 && token < 30)
                        || (token >= 100 && token < 156)
                        || token >= rows.starts()[LENGTHS.length] + SHARED - 20)
                .asLongStream()
                .toArray();
    }

    static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    static double largestDifference(float[] expected, float[] actual) {
        assertThat(actual).hasSameSizeAs(expected);
        float[] differences = new float[expected.length];
        for (int i = 0; i < expected.length; i++) {
            differences[i] = Float.isNaN(actual[i]) ? Float.POSITIVE_INFINITY : expected[i] - actual[i];
        }
        return largest(differences);
    }

    static double squaredDistance(float[] expected, float[] actual) {
        assertThat(actual).hasSameSizeAs(expected);
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            sum += Math.pow(expected[i] - actual[i], 2);
        }
        return sum;
    }
}
