package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DivisionTest {

    @Test
    void rows_goToTheLaneWithLeast_longestFirst_andKeepTheirOrder() {
        assertThat(Division.among(2, List.of(3, 9, 4, 8, 2, 5), Integer::doubleValue, DivisionTest::sum))
                .contains(List.of(List.of(3, 9, 4), List.of(8, 2, 5)));
    }

    /** Longest first gives 8 + 5 + 4 against 7 + 6; the best is 15 and 15. */
    @Test
    void theFullest_exchangesRowsWithTheEmptiest() {
        assertThat(Division.among(2, List.of(4, 5, 6, 7, 8), Integer::doubleValue, DivisionTest::sum))
                .contains(List.of(List.of(4, 5, 6), List.of(7, 8)));
    }

    @Test
    void everyRow_isInOnePart_andNoPartIsLongerThanByLongestFirstAlone() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            int lanes = 2 + random.nextInt(3);
            List<Integer> rows = random.ints(12, 20, 513).boxed().toList();
            List<List<Integer>> parts = Division.among(lanes, rows, Integer::doubleValue, DivisionTest::sum)
                    .orElseThrow();
            assertThat(parts.stream().flatMap(List::stream).toList()).containsExactlyInAnyOrderElementsOf(rows);
            assertThat(parts.stream().mapToLong(DivisionTest::sum).max().orElseThrow())
                    .isLessThanOrEqualTo(longestFirst(lanes, rows));
        }
    }

    private static long longestFirst(int lanes, List<Integer> rows) {
        long[] load = new long[lanes];
        rows.stream().sorted(Comparator.reverseOrder()).forEach(row -> {
            int least = IntStream.range(0, lanes)
                    .reduce((a, b) -> load[b] < load[a] ? b : a)
                    .orElseThrow();
            load[least] += row;
        });
        return LongStream.of(load).max().orElseThrow();
    }

    @Test
    void aRowThatOutweighsTheOthers_isNotWorthALaneOfItsOwn() {
        assertThat(Division.among(2, List.of(90, 9, 1), Integer::doubleValue, DivisionTest::sum))
                .isEmpty();
    }

    @Test
    void oneLane_andFewerRowsThanLanes_areNotDivided() {
        assertThat(Division.among(1, List.of(5, 5), Integer::doubleValue, DivisionTest::sum))
                .isEmpty();
        assertThat(Division.among(3, List.of(5, 5), Integer::doubleValue, DivisionTest::sum))
                .isEmpty();
    }

    /** Rows of 5 tokens behind 100 that all of them begin with: every lane would compute these again. */
    @Test
    void rowsThatShareMostOfTheirTokens_stayTogether() {
        assertThat(Division.among(2, List.of(5, 5, 5, 5), Integer::doubleValue, rows -> 100 + sum(rows)))
                .isEmpty();
    }

    private static long sum(List<Integer> rows) {
        return rows.stream().mapToLong(Integer::longValue).sum();
    }
}
