package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.plan.StepPlan;
import ai.luthier.text.tokens.TokenizedExample;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract 3: laying a step's rows side by side changes neither loss nor gradients, and never which rows share an update. */
@Tag("contract")
class PackingContractTest {

    private final Decoder decoder = new Decoder(DecoderWeights.random(TinyRun.MODEL, Dtype.FP32, 0.2, 1));
    private final LoraAdapter adapter = LoraAdapter.fresh(TinyRun.MODEL, LoraSpec.everyProjection(4, 8), 3);

    @BeforeEach
    void moveBAwayFromZero() {
        try (PointerScope _ = new PointerScope()) {
            Tensor wave = torch.arange(new Scalar(adapter.parameters())).sin().mul(new Scalar(0.1));
            Scopes.withoutGradients(() -> adapter.values().add_(wave));
        }
    }

    @AfterEach
    void close() {
        adapter.close();
        decoder.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void packedLossAndGradients_equalOneRowAtATime(boolean recompute) {
        List<TokenizedExample> examples = TinyRun.examples(9, 5);
        LossSum packed = new SupervisedStep(decoder, adapter, 1_000, recompute).differentiate(examples);
        float[] packedGradients = gradients();
        LossSum alone = new SupervisedStep(decoder, adapter, 1, false).differentiate(examples);
        assertThat(packed.loss()).isCloseTo(alone.loss(), within(1e-5));
        assertThat(packed.correct()).isEqualTo(alone.correct());
        assertThat(packed.tokens()).isEqualTo(alone.tokens()).isEqualTo(supervised(examples));
        assertThat(packedGradients).containsExactly(gradients(), within(1e-5f));
        assertThat(norm(packedGradients)).isGreaterThan(0.01);
    }

    /** Rows of several attention blocks: the loss changes along its gradient as fast as the gradient says. */
    @Test
    void longRows_haveTheGradientOfTheirNumericalDerivative() {
        int[] ids = new Random(9).ints(300, 3, TinyRun.MODEL.vocabulary()).toArray();
        boolean[] supervised = new boolean[300];
        Arrays.fill(supervised, 150, 300, true);
        List<TokenizedExample> rows = List.of(
                new TokenizedExample(ids, supervised), TinyRun.examples(1, 2).getFirst());
        SupervisedStep step = new SupervisedStep(decoder, adapter, 1_000, false);
        step.differentiate(rows);
        float[] gradients = gradients();
        try (PointerScope _ = new PointerScope()) {
            Tensor direction = adapter.gradients().clone();
            double expected = norm(gradients) * norm(gradients);
            double epsilon = 2e-3 / norm(gradients);
            double up = shiftedLoss(step, rows, direction, epsilon);
            double down = shiftedLoss(step, rows, direction, -epsilon);
            assertThat((up - down) / (2 * epsilon)).isCloseTo(expected, within(0.01 * expected));
        }
    }

    private double shiftedLoss(SupervisedStep step, List<TokenizedExample> rows, Tensor direction, double by) {
        Scopes.withoutGradients(() -> adapter.values().add_(direction, new Scalar(by)));
        double loss = step.measure(rows).loss();
        Scopes.withoutGradients(() -> adapter.values().add_(direction, new Scalar(-by)));
        return loss;
    }

    @Test
    void noTokenAttendsAcrossRows() {
        int[] row = {5, 6, 7, 8};
        float[] beforeOne = hidden(List.of(row, new int[] {9, 10, 11}));
        float[] beforeOther = hidden(List.of(row, new int[] {30, 31}));
        float[] afterOther = hidden(List.of(new int[] {40, 41, 42}, row));
        int cells = row.length * TinyRun.MODEL.width();
        assertThat(Arrays.copyOf(beforeOne, cells)).containsExactly(Arrays.copyOf(beforeOther, cells), within(1e-6f));
        assertThat(Arrays.copyOf(beforeOne, cells))
                .containsExactly(
                        Arrays.copyOfRange(afterOther, afterOther.length - cells, afterOther.length), within(1e-6f));
    }

    @Test
    void aStep_isExactlyBatchSizeExamples_howeverTheyArePacked() {
        StepPlan plan = new StepPlan(23, 8, 2, 1);
        List<TokenizedExample> examples = TinyRun.examples(23, 5);
        for (int step = 0; step < plan.steps(); step++) {
            List<TokenizedExample> chosen =
                    Arrays.stream(plan.rows(step)).mapToObj(examples::get).toList();
            assertThat(chosen).hasSize(plan.endsEpoch(step) ? 7 : 8);
            for (int maxTokens : new int[] {1, 30, 1_000}) {
                List<Batch> batches = Batch.within(maxTokens, chosen, false);
                assertThat(batches.stream()
                                .mapToInt(batch -> batch.rows().count())
                                .sum())
                        .isEqualTo(chosen.size());
                assertThat(batches.stream().mapToInt(Batch::supervised).sum()).isEqualTo(supervised(chosen));
            }
        }
    }

    @Test
    void cellsComputed_areNeverMoreThanTokens() {
        List<TokenizedExample> examples = TinyRun.examples(50, 5);
        int cells = Batch.within(100, examples, false).stream()
                .mapToInt(batch -> batch.rows().tokens())
                .sum();
        assertThat(cells)
                .isLessThan(examples.stream()
                        .mapToInt(example -> example.ids().length)
                        .sum());
    }

    private float[] hidden(List<int[]> rows) {
        try (PointerScope _ = new PointerScope()) {
            Adapter current = adapter.in(Dtype.FP32);
            return Scopes.withoutGradients(() -> Tensors.toFloats(decoder.hidden(Rows.of(rows), current)));
        }
    }

    private float[] gradients() {
        try (PointerScope _ = new PointerScope()) {
            return Tensors.toFloats(adapter.gradients());
        }
    }

    private static int supervised(List<TokenizedExample> examples) {
        return examples.stream().mapToInt(TokenizedExample::supervisedCount).sum();
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
