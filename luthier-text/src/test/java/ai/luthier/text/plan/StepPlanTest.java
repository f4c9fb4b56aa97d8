package ai.luthier.text.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Internal;
import ai.luthier.api.UserError;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepPlanTest {

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "1, 4, 3", "7, 3, 2", "8, 4, 3", "101, 1, 3", "1000, 256, 2"})
    void everyEpochShowsEveryRowOnce(int rows, int batchSize, int epochs) {
        StepPlan plan = new StepPlan(rows, batchSize, epochs, 11);
        assertThat(plan.steps()).isEqualTo(epochs * ((rows + batchSize - 1) / batchSize));
        for (int epoch = 0; epoch < epochs; epoch++) {
            int[] seen = rowsOf(plan, epoch);
            Arrays.sort(seen);
            assertThat(seen).containsExactly(IntStream.range(0, rows).toArray());
        }
    }

    @Test
    void onlyTheLastStepOfAnEpochIsSmaller() {
        StepPlan plan = new StepPlan(7, 3, 2, 5);
        assertThat(IntStream.range(0, plan.steps()).map(step -> plan.rows(step).length))
                .containsExactly(3, 3, 1, 3, 3, 1);
        assertThat(IntStream.range(0, plan.steps()).mapToObj(plan::endsEpoch))
                .containsExactly(false, false, true, false, false, true);
        assertThat(IntStream.range(0, plan.steps()).map(plan::epochOf)).containsExactly(0, 0, 0, 1, 1, 1);
    }

    /** The order is a promise to every stored job; these numbers never change. */
    @Test
    void orderIsPinnedForever() {
        assertThat(rowsOf(new StepPlan(10, 1, 2, 42), 0)).containsExactly(PINNED_EPOCH_0);
        assertThat(rowsOf(new StepPlan(10, 1, 2, 42), 1)).containsExactly(PINNED_EPOCH_1);
        assertThat(rowsOf(new StepPlan(10, 4, 2, 42), 1)).containsExactly(PINNED_EPOCH_1);
    }

    /** The first outputs of S. Vigna's splitmix64.c for the seed 1234567. */
    @Test
    void generatorIsSplitMix64() {
        StepGenerator generator = new StepGenerator(1234567);
        assertThat(new String[] {
                    Long.toUnsignedString(generator.next()),
                    Long.toUnsignedString(generator.next()),
                    Long.toUnsignedString(generator.next()),
                    Long.toUnsignedString(generator.next()),
                    Long.toUnsignedString(generator.next())
                })
                .containsExactly(
                        "6457827717110365317",
                        "3203168211198807973",
                        "9817491932198370423",
                        "4593380528125082431",
                        "16408922859458223821");
    }

    @Test
    void shuffleIsUniform() {
        Map<String, Integer> counts = new HashMap<>();
        for (int seed = 0; seed < 24_000; seed++) {
            counts.merge(Arrays.toString(rowsOf(new StepPlan(4, 4, 1, seed), 0)), 1, Integer::sum);
        }
        assertThat(counts).hasSize(24);
        double chiSquared = counts.values().stream()
                .mapToDouble(count -> (count - 1000.0) * (count - 1000.0) / 1000.0)
                .sum();
        assertThat(chiSquared).as("23 degrees of freedom, p = 0.001").isLessThan(49.7);
    }

    @Test
    void seedAndEpochChangeTheOrder() {
        StepPlan plan = new StepPlan(100, 1, 2, 1);
        assertThat(rowsOf(plan, 0)).isNotEqualTo(rowsOf(plan, 1));
        assertThat(rowsOf(plan, 0)).isNotEqualTo(rowsOf(new StepPlan(100, 1, 2, 2), 0));
    }

    @Test
    void stepsCanBeAskedInAnyOrder() {
        StepPlan forward = new StepPlan(50, 8, 3, 9);
        StepPlan jumping = new StepPlan(50, 8, 3, 9);
        for (int step : new int[] {20, 0, 13, 7, 6}) {
            assertThat(jumping.rows(step)).isEqualTo(forward.rows(step));
        }
    }

    @Test
    void resumesOnlyItsOwnPositions() {
        StepPlan plan = new StepPlan(50, 8, 3, 9);
        assertThat(plan.resume(plan.position(13))).isEqualTo(13);
        assertThat(plan.resume(plan.position(21))).isEqualTo(21);
        assertThatThrownBy(() -> plan.resume(new StepPlan(51, 8, 3, 9).position(13)))
                .isInstanceOf(Internal.class)
                .hasMessageContaining("rows=51");
        assertThatThrownBy(() -> plan.resume(plan.position(22))).isInstanceOf(Internal.class);
    }

    @Test
    void refusesWhatCannotBePlanned() {
        assertThatThrownBy(() -> new StepPlan(0, 1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new StepPlan(1_000_000_000, 1, 3, 0)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> new StepPlan(3, 1, 1, 0).rows(3)).hasMessageContaining("step 3 of a plan of 3");
    }

    private static final int[] PINNED_EPOCH_0 = {8, 0, 2, 9, 4, 6, 5, 1, 3, 7};
    private static final int[] PINNED_EPOCH_1 = {7, 9, 2, 3, 1, 8, 0, 4, 5, 6};

    private static int[] rowsOf(StepPlan plan, int epoch) {
        return IntStream.range(epoch * plan.stepsPerEpoch(), (epoch + 1) * plan.stepsPerEpoch())
                .flatMap(step -> Arrays.stream(plan.rows(step)))
                .toArray();
    }
}
