package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.memory.MemoryBudget;
import ai.luthier.text.tokens.TokenizedExample;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passes side by side give what one thread gives, up to the order of sums, and the same bits every time. */
@Tag("contract")
class LanesTest {

    private static final List<TokenizedExample> EXAMPLES = TinyRun.examples(9, 4);

    private record Result(LossSum sum, float[] gradients) {}

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void severalLanes_equalOne(int lanes) {
        Result one = differentiate(1, Dtype.FP32, 10_000);
        Result several = differentiate(lanes, Dtype.FP32, 10_000);
        assertThat(several.sum.loss()).isCloseTo(one.sum.loss(), within(1e-6));
        assertThat(several.sum.tokens()).isEqualTo(one.sum.tokens());
        assertThat(several.gradients).containsExactly(one.gradients, within(1e-6f));
        assertThat(differentiate(lanes, Dtype.FP32, 20).gradients).containsExactly(one.gradients, within(1e-6f));
    }

    @Test
    void twoTimes_giveTheSameBits() {
        assertThat(differentiate(2, Dtype.BF16, 10_000).gradients)
                .isEqualTo(differentiate(2, Dtype.BF16, 10_000).gradients);
    }

    /** A row that cannot be trained on fails on whichever lane it falls, and the step's thread hears of it. */
    @Test
    void aPartThatFails_failsTheStep() {
        TokenizedExample unlearnt = new TokenizedExample(new int[] {3, 4, 5}, new boolean[3]);
        try (Decoder decoder = new Decoder(DecoderWeights.random(TinyRun.MODEL, Dtype.FP32, 0.2, 1));
                LoraAdapter adapter = LoraAdapter.fresh(TinyRun.MODEL, LoraSpec.everyProjection(4, 8), 3);
                Lanes lanes = new Lanes(2, decoder, adapter, FastOptions.DEFAULTS)) {
            assertThatThrownBy(() -> lanes.each(
                            List.of(EXAMPLES.getFirst(), unlearnt), (_, row) -> Batch.of(List.of(row), false)))
                    .hasRootCauseInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Result differentiate(int lanes, Dtype dtype, int maxTokens) {
        int before = Torch.threads();
        try (Decoder decoder = new Decoder(DecoderWeights.random(TinyRun.MODEL, Dtype.FP32, 0.2, 1)
                        .map(tensor -> tensor.to(dtype.scalarType())));
                LoraAdapter adapter = LoraAdapter.fresh(TinyRun.MODEL, LoraSpec.everyProjection(4, 8), 3);
                FastStep step = new FastStep(
                        decoder, adapter, maxTokens, false, FastOptions.DEFAULTS, lanes, MemoryBudget.NONE, null)) {
            step.differentiate(EXAMPLES);
            LossSum sum = step.differentiate(EXAMPLES);
            assertThat(Torch.threads()).isEqualTo(before);
            return new Result(sum, Tensors.toFloats(adapter.gradients()));
        }
    }
}
