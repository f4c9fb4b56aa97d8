package ai.luthier.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.FamilyFixture;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {

    private static final DecoderSpec SPEC = DecoderSpec.llama(50, 32, 48, 2, 4, 2, 64);
    private static final List<int[]> ROWS = List.of(new int[] {3, 7, 1, 9, 4}, new int[] {8}, new int[] {2, 49, 0});

    @Test
    void rowsSideBySide_equalEachRowAlone() {
        try (Decoder decoder = new Decoder(DecoderWeights.random(SPEC, Dtype.FP32, 0.2, 1));
                PointerScope _ = new PointerScope()) {
            float[] together = logits(decoder, Rows.of(ROWS));
            float[] apart = new float[together.length];
            int at = 0;
            for (int[] row : ROWS) {
                float[] one = logits(decoder, Rows.of(row));
                System.arraycopy(one, 0, apart, at, one.length);
                at += one.length;
            }
            assertThat(together).containsExactly(apart, within(1e-5f));
        }
    }

    @Test
    void cache_equalsTheWholeRow_whateverThePieces() {
        int[] row = {3, 7, 1, 9, 4, 11, 30};
        try (Decoder decoder = new Decoder(DecoderWeights.random(SPEC, Dtype.FP32, 0.2, 1));
                KeyValueCache cache = new KeyValueCache(SPEC, Dtype.FP32, 7);
                PointerScope _ = new PointerScope()) {
            float[] whole = logits(decoder, Rows.of(row));
            piece(decoder, cache, 3, 7);
            piece(decoder, cache, 1);
            float[] rest = piece(decoder, cache, 9, 4, 11, 30);
            float[] expected = new float[rest.length];
            System.arraycopy(whole, 3 * SPEC.vocabulary(), expected, 0, rest.length);
            assertThat(rest).containsExactly(expected, within(1e-5f));
            assertThatThrownBy(() -> piece(decoder, cache, 1)).hasMessageContaining("does not fit a cache of 7");
        }
    }

    /** A row of several attention blocks gives the same states whole, behind others, and in pieces through the cache. */
    @Test
    void longRows_areTheSameInBlocks_andInPieces() {
        DecoderSpec spec = DecoderSpec.llama(50, 32, 48, 2, 4, 2, 512);
        int[] row = new Random(3).ints(2 * Attention.BLOCK + 45, 0, 50).toArray();
        try (Decoder decoder = new Decoder(DecoderWeights.random(spec, Dtype.FP32, 0.2, 1));
                KeyValueCache cache = new KeyValueCache(spec, Dtype.FP32, row.length);
                PointerScope _ = new PointerScope()) {
            float[] whole = logits(decoder, Rows.of(row));
            float[] behind = logits(decoder, Rows.of(List.of(new int[] {1, 2, 3}, row)));
            assertThat(Arrays.copyOfRange(behind, 3 * 50, behind.length)).containsExactly(whole, within(1e-4f));
            float[] single = new float[whole.length];
            for (int at = 0, size = 1; at < row.length; at += size, size = Math.min(size * 3, row.length - at)) {
                float[] part = piece(decoder, cache, Arrays.copyOfRange(row, at, at + size));
                System.arraycopy(part, 0, single, at * 50, part.length);
            }
            assertThat(single).containsExactly(whole, within(1e-4f));
        }
    }

    /** Windows shorter and longer than a block: the masks of whole rows say what a token alone sees in its cache. */
    @ParameterizedTest
    @ValueSource(strings = {"mistral", "gemma3", "qwen3-window"})
    void windows_areTheSameInBlocks_andTokenByToken(String family) {
        DecoderSpec small = FamilyFixture.named(family).model().spec();
        for (int window : new int[] {5, Attention.BLOCK + 50}) {
            DecoderSpec spec = withWindow(small, window);
            int[] row = new Random(3)
                    .ints(2 * Attention.BLOCK + 45, 0, spec.vocabulary())
                    .toArray();
            try (Decoder decoder = new Decoder(DecoderWeights.random(spec, Dtype.FP32, 0.2, 1));
                    KeyValueCache cache = new KeyValueCache(spec, Dtype.FP32, row.length);
                    PointerScope _ = new PointerScope()) {
                float[] whole = logits(decoder, Rows.of(row));
                float[] single = new float[whole.length];
                for (int t = 0; t < row.length; t++) {
                    float[] one = piece(decoder, cache, row[t]);
                    System.arraycopy(one, 0, single, t * one.length, one.length);
                }
                assertThat(single).as("window %d", window).containsExactly(whole, within(1e-3f));
            }
        }
    }

    private static DecoderSpec withWindow(DecoderSpec spec, int window) {
        List<LayerSpec> layers = spec.eachLayer().stream()
                .map(layer -> new LayerSpec(layer.rope(), layer.window() == 0 ? 0 : window, layer.queryScale()))
                .toList();
        return new DecoderSpec(
                spec.vocabulary(),
                spec.width(),
                spec.feedForward(),
                spec.heads(),
                spec.keyValueHeads(),
                spec.headWidth(),
                spec.context(),
                layers,
                spec.norm(),
                spec.attention(),
                spec.gating(),
                spec.ends(),
                spec.parallelResidual(),
                spec.names());
    }

    @Test
    void unknownToken_isRefusedBeforeLibtorchSeesIt() {
        try (Decoder decoder = new Decoder(DecoderWeights.random(SPEC, Dtype.FP32, 0.2, 1))) {
            assertThatThrownBy(() -> decoder.hidden(Rows.of(1, 50), Adapter.NONE))
                    .hasMessage("token 1 has the id 50; the model knows [0, 50)");
        }
    }

    @Test
    void trainableWeights_allReceiveGradients() {
        try (DecoderWeights frozen = DecoderWeights.random(SPEC, Dtype.FP32, 0.2, 1);
                DecoderWeights weights = frozen.trainable(Dtype.FP32);
                PointerScope _ = new PointerScope()) {
            Decoder decoder = new Decoder(weights);
            decoder.logits(decoder.hidden(Rows.of(ROWS), Adapter.NONE))
                    .square()
                    .sum()
                    .backward();
            weights.byName().forEach((name, tensor) -> {
                assertThat(tensor.grad().defined()).as(name).isTrue();
                assertThat(tensor.grad().abs().sum().item_double()).as(name).isPositive();
            });
        }
    }

    @Test
    void lowRankChange_equalsTheChangedWeight() {
        DecoderSpec spec = SPEC;
        try (DecoderWeights weights = DecoderWeights.random(spec, Dtype.FP32, 0.2, 1);
                PointerScope _ = new PointerScope()) {
            Tensor a = torchNormal(4, spec.width());
            Tensor b = torchNormal(Projection.UP.outputs(spec), 4);
            Adapter adapter = (layer, projection) -> layer == 1 && projection == Projection.UP
                    ? java.util.Optional.of(new LowRank(a, b, 0.5))
                    : java.util.Optional.empty();
            float[] low = toFloats(new Decoder(weights), adapter);
            String name = WeightNames.weight(SPEC, 1, Projection.UP);
            Tensor change = b.matmul(a).mul(new org.bytedeco.pytorch.Scalar(0.5));
            Tensor original = weights.get(name);
            DecoderWeights changed = weights.map(w -> w.equals(original) ? w.add(change) : w);
            assertThat(toFloats(new Decoder(changed), Adapter.NONE)).containsExactly(low, within(1e-4f));
        }
    }

    private static Tensor torchNormal(long rows, long columns) {
        Tensor tensor = Tensors.zeros(Dtype.FP32, rows, columns);
        return tensor.normal_(0, 0.2, new org.bytedeco.pytorch.GeneratorOptional());
    }

    private static float[] toFloats(Decoder decoder, Adapter adapter) {
        return Scopes.withoutGradients(() -> Tensors.toFloats(decoder.logits(decoder.hidden(Rows.of(ROWS), adapter))));
    }

    private static float[] piece(Decoder decoder, KeyValueCache cache, int... ids) {
        return Scopes.withoutGradients(
                () -> Tensors.toFloats(decoder.logits(decoder.hidden(Rows.of(ids), Adapter.NONE, List.of(cache)))));
    }

    private static float[] logits(Decoder decoder, Rows rows) {
        return Scopes.withoutGradients(() -> Tensors.toFloats(decoder.logits(decoder.hidden(rows, Adapter.NONE))));
    }
}
