package ai.luthier.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.TrainingPath;
import org.junit.jupiter.api.Test;

class TrainingMemoryTest {

    private static final DecoderSpec SPEC = DecoderSpec.llama(49_152, 576, 1_536, 30, 9, 3, 8_192);

    @Test
    void weightsAndAdapterAreCountedByTheirNumbers() {
        MemoryEstimate estimate = TrainingMemory.of(SPEC, Dtype.BF16, shape(16, 1, 512));
        assertThat(bytes(estimate, "the weights")).isEqualTo(2 * SPEC.parameters());
        // r · (in + out) of q, k, v, o, gate, up and down; values, gradients and two moments in fp32, once more in
        // bf16.
        long factors = 16L * (576 + 576 + 2 * (576 + 192) + 576 + 576 + 3 * (576 + 1_536)) * 30;
        assertThat(bytes(estimate, "the adapter and its optimiser")).isEqualTo(18 * factors);
        assertThat(TrainingMemory.of(SPEC, Dtype.FP32, shape(16, 1, 512)).total())
                .isGreaterThan(estimate.total());
    }

    @Test
    void aPassHoldsAtMostItsBudgetOfTokens_soLargerBatchesCostNothingMore() {
        assertThat(total(shape(16, 2, 512))).isLessThan(total(shape(16, 4, 512)));
        assertThat(total(shape(16, 4, 512))).isEqualTo(total(shape(16, 64, 512)));
        assertThat(total(shape(16, 1, 4096)))
                .as("a row is never cut into passes")
                .isGreaterThan(total(shape(16, 64, 2048)));
    }

    @Test
    void everyDimensionCounts() {
        assertThat(total(shape(64, 1, 512))).isGreaterThan(total(shape(16, 1, 512)));
        assertThat(total(shape(16, 1, 1024).recomputing())).isLessThan(total(shape(16, 1, 1024)));
        assertThat(total(TrainingShape.supervised(16, 1, 512, TrainingPath.FAST, false, 10_000_000)))
                .isGreaterThan(total(shape(16, 1, 512)));
    }

    @Test
    void threadsShareTheBudget_butEachHasGradientsAndALossOfItsOwn() {
        TrainingShape one = shape(16, 8, 512);
        assertThat(total(one.onThreads(4))).isGreaterThan(total(one));
        assertThat(total(one.onThreads(9))).as("more threads than examples").isEqualTo(total(one));
        assertThat(total(shape(16, 8, 2048).onThreads(4)))
                .as("each at least a row")
                .isGreaterThan(3 * total(shape(16, 8, 2048)));
    }

    @Test
    void aPairIsNeverCut() {
        assertThat(total(shape(16, 1, 512).onPairs())).isEqualTo(total(shape(16, 2, 512)));
        assertThat(total(shape(16, 8, 2000).onPairs())).isGreaterThan(total(shape(16, 8, 2000)));
    }

    @Test
    void veryLongRowsOnTheFastPath_areComputedLayerByLayer() {
        assertThat(total(shape(16, 1, 4097))).isLessThan(total(shape(16, 1, 4096)));
    }

    @Test
    void theExplanationNamesTheLargestPartFirst() {
        assertThat(TrainingMemory.of(SPEC, Dtype.BF16, shape(16, 4, 512)).explained())
                .matches("[\\d.]+ GiB for activations, .*257 MiB for the weights.*");
        assertThat(MemoryEstimate.text(640L << 20)).isEqualTo("640 MiB");
        assertThat(MemoryEstimate.text(1280L << 20)).isEqualTo("1.3 GiB");
    }

    @Test
    void aPathHasToBeChosenFirst() {
        assertThatThrownBy(() -> TrainingShape.supervised(16, 1, 512, TrainingPath.AUTO, false, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(TrainingMemory.path(SPEC, TrainingPath.AUTO)).isEqualTo(TrainingPath.FAST);
    }

    private static TrainingShape shape(int rank, int batch, int longest) {
        return TrainingShape.supervised(rank, batch, longest, TrainingPath.FAST, false, 0);
    }

    private static long total(TrainingShape shape) {
        return TrainingMemory.of(SPEC, Dtype.BF16, shape).total();
    }

    private static long bytes(MemoryEstimate estimate, String part) {
        return estimate.parts().stream()
                .filter(each -> each.name().equals(part))
                .findFirst()
                .orElseThrow()
                .bytes();
    }
}
