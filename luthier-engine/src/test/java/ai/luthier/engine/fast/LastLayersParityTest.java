package ai.luthier.engine.fast;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.adapter.TrainedWeights;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.model.TrainingPass;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The last layers trained by the fast path against the reference: hidden states and the gradient of every trained weight. */
@Tag("contract")
class LastLayersParityTest {

    private record Result(float[] hidden, float[] gradients) {}

    private interface Body {
        float[] hidden(Decoder decoder, TrainedWeights trained, Rows rows, long[] outputs, Tensor gradient);
    }

    static Stream<Arguments> cases() {
        FastOptions everything = FastOptions.DEFAULTS.with(Optimisation.STACKED_PRODUCTS);
        DecoderSpec everyKind = FastParityTest.specs().toList().getLast(); // norms of heads, a soft cap, windows
        return Stream.of(FastOptions.DEFAULTS, FastOptions.PLAIN, everything)
                .flatMap(options -> Stream.of(
                        Arguments.of(FastParityTest.GROUPED, 1, options),
                        Arguments.of(FastParityTest.GROUPED, 2, options),
                        Arguments.of(FastParityTest.GROUPED, 3, options),
                        Arguments.of(FastParityTest.biased(), 1, options),
                        Arguments.of(FastParityTest.biased(), 2, options),
                        Arguments.of(everyKind, 1, options),
                        Arguments.of(everyKind, 2, options)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradients_equalTheReference_alsoRecomputed_andFromKnownStates(
            DecoderSpec spec, int layers, FastOptions options) {
        Result expected = reference(spec, layers, Dtype.FP32, false, false);
        assertThat(FastParityTest.largest(expected.gradients)).isGreaterThan(0.01);
        for (boolean known : new boolean[] {false, true}) {
            for (boolean recompute : new boolean[] {false, true}) {
                assertClose(expected, reference(spec, layers, Dtype.FP32, recompute, known), 1e-6);
                assertClose(expected, fast(spec, layers, Dtype.FP32, options, recompute, known), 1e-5);
            }
        }
    }

    /** In bf16 both round after every operation; the fast path lies no farther from the exact gradients than the reference. */
    @ParameterizedTest
    @MethodSource("cases")
    void bf16_isNoLessExactThanTheReference(DecoderSpec spec, int layers, FastOptions options) {
        Result exact = reference(spec, layers, Dtype.FP32, false, false);
        Result rounded = reference(spec, layers, Dtype.BF16, false, false);
        Result fast = fast(spec, layers, Dtype.BF16, options, false, false);
        double ofReference = FastParityTest.squaredDistance(exact.gradients, rounded.gradients);
        double ofFast = FastParityTest.squaredDistance(exact.gradients, fast.gradients);
        assertThat(ofReference).isGreaterThan(0);
        assertThat(Math.sqrt(ofFast / ofReference)).isLessThan(1.2);
    }

    private static void assertClose(Result expected, Result actual, double tolerance) {
        assertThat(FastParityTest.largestDifference(expected.hidden, actual.hidden))
                .isLessThan(tolerance * Math.max(1, FastParityTest.largest(expected.hidden)));
        assertThat(FastParityTest.largestDifference(expected.gradients, actual.gradients))
                .isLessThan(tolerance * Math.max(1, FastParityTest.largest(expected.gradients)));
    }

    private static Result reference(DecoderSpec spec, int layers, Dtype dtype, boolean recompute, boolean known) {
        return with(spec, layers, dtype, (decoder, trained, rows, outputs, gradient) -> {
            int from = known ? trained.lowestLayer() : 0;
            Tensor states = known ? decoder.below(rows, from) : null;
            TrainingPass pass = decoder.trainingPass(rows, Adapter.NONE, recompute, from, states);
            Tensor where = Tensors.longs(outputs);
            Tensor whole = torch.zeros_like(pass.hidden());
            Scopes.withoutGradients(() -> whole.index_copy_(0, where, gradient));
            pass.backward(whole);
            trained.collect();
            return Tensors.toFloats(pass.hidden().index_select(0, where));
        });
    }

    private static Result fast(
            DecoderSpec spec, int layers, Dtype dtype, FastOptions options, boolean recompute, boolean known) {
        return with(spec, layers, dtype, (decoder, trained, rows, outputs, gradient) -> {
            try (FastDecoder fast = new FastDecoder(decoder, trained, options)) {
                fast.refresh();
                Tensor states = known ? fast.below(rows) : null;
                try (FastPass pass = fast.pass(rows, outputs, recompute, states)) {
                    pass.backward(gradient);
                    return Tensors.toFloats(pass.hidden());
                }
            }
        });
    }

    /** The weights are changed after the decoders were made, so that {@code refresh} has something to do. */
    private static Result with(DecoderSpec spec, int layers, Dtype dtype, Body body) {
        try (DecoderWeights exact = DecoderWeights.random(spec, Dtype.FP32, 0.15, 1);
                DecoderWeights frozen = exact.map(
                        tensor -> tensor.add(FastParityTest.wave(tensor)).to(dtype.scalarType()));
                TrainedWeights trained = TrainedWeights.of(frozen, TrainedWeights.lastLayers(spec, layers));
                Decoder decoder = new Decoder(trained.over(frozen, () -> {}));
                PointerScope _ = new PointerScope()) {
            Scopes.withoutGradients(() -> trained.values().add_(FastParityTest.wave(trained.values())));
            trained.refresh();
            Rows rows = FastParityTest.rows(2);
            long[] outputs = FastParityTest.outputs(rows);
            Tensor gradient = Tensors.zeros(Dtype.FP32, outputs.length, spec.width())
                    .normal_(0, 1.0 / outputs.length, new GeneratorOptional(torch.createCPUGenerator(5)))
                    .to(dtype.scalarType());
            float[] hidden = body.hidden(decoder, trained, rows, outputs, gradient);
            return new Result(hidden, Tensors.toFloats(trained.gradients()));
        }
    }
}
