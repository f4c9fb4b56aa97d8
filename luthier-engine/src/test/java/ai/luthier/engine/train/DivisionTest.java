package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DivisionTest {

    @Test
    void rows_goToTheLaneWithLeast_longestFirst_andKeepTheirOrder() {
        assertThat(Division.among(2, List.of(3, 9, 4, 8, 2, 5), DivisionTest::sum))
                .contains(List.of(List.of(3, 9, 4), List.of(8, 2, 5)));
    }

    @Test
    void aRowThatOutweighsTheOthers_isNotWorthALaneOfItsOwn() {
        assertThat(Division.among(2, List.of(90, 9, 1), DivisionTest::sum)).isEmpty();
    }

    @Test
    void oneLane_andFewerRowsThanLanes_areNotDivided() {
        assertThat(Division.among(1, List.of(5, 5), DivisionTest::sum)).isEmpty();
        assertThat(Division.among(3, List.of(5, 5), DivisionTest::sum)).isEmpty();
    }

    /** Rows of 5 tokens behind 100 that all of them begin with: every lane would compute these again. */
    @Test
    void rowsThatShareMostOfTheirTokens_stayTogether() {
        assertThat(Division.among(2, List.of(5, 5, 5, 5), rows -> 100 + sum(rows)))
                .isEmpty();
    }

    private static long sum(List<Integer> rows) {
        return rows.stream().mapToLong(Integer::longValue).sum();
    }
}
