package ai.luthier.engine.train.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.options.TrainingMethod;
import ai.luthier.engine.train.options.TrainingOptions;
import ai.luthier.engine.train.options.Tuning;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingMemoryTest {

    private static final DecoderSpec SPEC = DecoderSpec.llama(49_152, 576, 1_536, 30, 9, 3, 8_192);
    private static final TrainingWay FAST =
            TrainingWay.of(TrainingOptions.DEFAULTS, 1, 0).on(TrainingPath.FAST);
    private static final String ADAPTER = "the adapter and its optimiser";
    private static final String TRAINED = "what is trained of them, gradients and the optimiser";

    /** r · (in + out) of q, k, v, o, gate, up and down. */
    private static final long FACTORS = 16L * (576 + 576 + 2 * (576 + 192) + 576 + 576 + 3 * (576 + 1_536)) * 30;

    @Test
    void weightsAndAdapterAreCountedByTheirNumbers() {
        MemoryEstimate estimate = TrainingMemory.of(SPEC, Dtype.BF16, shape(16, 1, 512));
        assertThat(bytes(estimate, "the weights")).isEqualTo(2 * SPEC.parameters());
        // Values, gradients and two moments in fp32, once more in bf16.
        assertThat(bytes(estimate, ADAPTER)).isEqualTo(18 * FACTORS);
        TrainingShape tiny = shape(16, 1, 2);
        assertThat(TrainingMemory.of(SPEC, Dtype.FP32, tiny).total())
                .as("one weight at a time is there in both types")
                .isGreaterThan(total(tiny));
    }

    @Test
    void aPassHoldsAtMostItsBudgetOfTokens_soLargerBatchesCostNothingMore() {
        assertThat(total(shape(16, 2, 512))).isLessThan(total(shape(16, 4, 512)));
        assertThat(total(shape(16, 4, 512))).isEqualTo(total(shape(16, 64, 512)));
        assertThat(total(shape(16, 1, 4096)))
                .as("a row is never cut into passes")
                .isGreaterThan(total(shape(16, 64, 2048)));
    }

    /** Two steps that are not cut: a file of short rows and a long one takes less than one of long rows, but room for the long row. */
    @Test
    void rowsOfEveryLength_areReckonedByTheirMean_andTheLongestOfThem() {
        TrainingShape longRows =
                TrainingShape.supervised(FAST, 4, 512, 100 * 512).ofExamples(100);
        TrainingShape shortRows =
                TrainingShape.supervised(FAST, 4, 512, 100 * 64).ofExamples(100);
        assertThat(total(longRows)).isEqualTo(total(TrainingShape.supervised(FAST, 4, 512, 100 * 512)));
        assertThat(total(shortRows)).isLessThan(total(longRows));
        assertThat(total(shortRows.withBatch(1))).isEqualTo(total(TrainingShape.supervised(FAST, 1, 512, 100 * 64)));
        assertThat(shortRows.stepTokens()).isEqualTo(4 * 64 + Math.round(2 * 2 * (512 - 64) / Math.sqrt(3)));
        assertThat(shortRows.onPairs().stepTokens()).isBetween(shortRows.stepTokens(), 4L * 2 * 512);
    }

    @Test
    void everyDimensionCounts() {
        assertThat(total(shape(64, 1, 512))).isGreaterThan(total(shape(16, 1, 512)));
        assertThat(total(shape(16, 1, 1024).by(FAST.recomputing()))).isLessThan(total(shape(16, 1, 1024)));
        assertThat(total(TrainingShape.supervised(FAST, 1, 512, 10_000_000))).isGreaterThan(total(shape(16, 1, 512)));
    }

    @Test
    void everyMethodIsReckonedByWhatItTrains() {
        TrainingShape lora = shape(16, 1, 512);
        TrainingShape full = lora.by(FAST.on(TrainingPath.AUTO).training(Tuning.full(), 16));
        // Values, gradients and two moments in fp32; weights to compute with and autograd's gradients in bf16.
        assertThat(bytes(TrainingMemory.of(SPEC, Dtype.BF16, full), TRAINED)).isEqualTo(20 * SPEC.parameters());
        long layer = 2 * 576L * 576 + 2 * 576 * 192 + 3 * 576 * 1_536 + 2 * 576;
        TrainingShape last = lora.by(FAST.training(Tuning.lastLayers(3), 16));
        assertThat(bytes(TrainingMemory.of(SPEC, Dtype.BF16, last), TRAINED)).isEqualTo(18 * (3 * layer + 576));
        assertThat(total(last)).as("no activations below").isLessThan(total(lora));
        assertThat(total(full)).isGreaterThan(3 * total(lora) / 2);
        Tuning plus = new Tuning(TrainingMethod.LORA, List.of(), 16, 0, 0);
        assertThat(total(lora.by(FAST.training(plus, 16))))
                .as("a rate for each number")
                .isGreaterThan(total(lora));
        Tuning one = new Tuning(TrainingMethod.LORA, List.of("q_proj"), 1, 0, 0);
        assertThat(total(lora.by(FAST.training(one, 16)))).isLessThan(total(lora));
    }

    @Test
    void fp32TakesTwiceTheWeights_andOneLane() {
        TrainingWay wide =
                TrainingWay.of(TrainingOptions.read(Map.of("precision", "fp32"), TrainingOptions.DEFAULTS, ""), 2, 0);
        MemoryEstimate estimate = TrainingMemory.of(SPEC, Dtype.FP32, TrainingShape.supervised(wide, 4, 512, 0));
        assertThat(bytes(estimate, "the weights")).isEqualTo(4 * SPEC.parameters());
        assertThat(bytes(estimate, ADAPTER)).isEqualTo(16 * FACTORS);
    }

    @Test
    void anUpdateHoldsOneMoreVector_andAnotherForRates() {
        TrainingShape full = shape(16, 1, 512).by(FAST.training(Tuning.full(), 16));
        assertThat(bytes(TrainingMemory.of(SPEC, Dtype.BF16, full), "an update at once"))
                .isEqualTo(4 * SPEC.parameters());
        TrainingShape plus = full.by(FAST.training(new Tuning(TrainingMethod.LORA, List.of(), 16, 0, 0), 16));
        assertThat(bytes(TrainingMemory.of(SPEC, Dtype.BF16, plus), "an update at once"))
                .isEqualTo(8 * FACTORS);
    }

    @Test
    void aProcessThatKeepsToANumberOfBytes_needsNoMore_untilNothingSmallerIsLeft() {
        TrainingShape free = shape(16, 4, 512);
        long least = total(free.by(FAST.recomputing()).withBatch(1));
        assertThat(total(free)).isGreaterThan(2 * least);
        for (long budget : new long[] {total(free), total(free) - 1, 3 * least / 2, least + (1 << 20)}) {
            assertThat(total(free.by(FAST.within(budget)))).isLessThanOrEqualTo(budget);
        }
        assertThat(total(free.by(FAST.within(least / 2)))).isEqualTo(least);
    }

    @Test
    void threadsShareTheBudget_butEachHasGradientsAndALossOfItsOwn() {
        TrainingShape one = shape(16, 8, 512);
        assertThat(total(one.by(FAST.onThreads(4)))).isGreaterThan(total(one));
        assertThat(total(one.by(FAST.onThreads(9))) - total(one))
                .as("more threads than examples: gradients and factors only")
                .isEqualTo(8 * 6 * FACTORS);
        assertThat(total(shape(16, 8, 2048).by(FAST.onThreads(4))))
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
    void aPathThatIsLeftOpen_isChosenAsTheRunDoes() {
        assertThat(TrainingPath.AUTO.on(TrainingMethod.LORA, SPEC, Dtype.BF16)).isEqualTo(TrainingPath.FAST);
        assertThat(TrainingPath.AUTO.on(TrainingMethod.FULL, SPEC, Dtype.BF16)).isEqualTo(TrainingPath.REFERENCE);
        assertThatThrownBy(() -> new RunMemory(
                        SPEC, Dtype.BF16, Dtype.BF16, Trained.of(SPEC, Tuning.LORA, 16), TrainingPath.AUTO, 1, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static TrainingShape shape(int rank, int batch, int longest) {
        return TrainingShape.supervised(FAST.training(Tuning.LORA, rank), batch, longest, 0);
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
