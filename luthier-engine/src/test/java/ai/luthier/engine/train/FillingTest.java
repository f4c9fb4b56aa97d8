package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

class FillingTest {

    @Test
    void longestFirst_eachIntoTheFirstPassWithRoom() {
        assertThat(Filling.passes(List.of(300, 900, 100, 700, 24), 1024, FillingTest::tokens))
                .containsExactly(List.of(900, 100, 24), List.of(700, 300));
    }

    @Test
    void aUnitLongerThanAPassStandsAlone() {
        assertThat(Filling.passes(List.of(10, 5000, 20), 1024, FillingTest::tokens))
                .containsExactly(List.of(5000), List.of(20, 10));
    }

    @Test
    void unitsOfOneLengthKeepTheirOrder() {
        List<String> units = List.of("a", "b", "c", "d");
        assertThat(Filling.passes(units, 2, List::size)).containsExactly(List.of("a", "b"), List.of("c", "d"));
    }

    /** Units of one letter share all but one token. */
    @Test
    void neighboursThatBeginAlikeStayTogether() {
        ToLongFunction<List<String>> shared = units -> {
            Set<Character> beginnings = new HashSet<>();
            long tokens = 0;
            for (String unit : units) {
                tokens += beginnings.add(unit.charAt(0)) ? unit.length() : 1;
            }
            return tokens;
        };
        assertThat(Filling.passes(List.of("aaaa", "aa", "bbb", "b"), 7, shared))
                .as("the first fit for bbb would be beside aaaa, which computes one token more")
                .containsExactly(List.of("aaaa", "aa"), List.of("bbb", "b"));
    }

    private static long tokens(List<Integer> lengths) {
        return lengths.stream().mapToLong(Integer::intValue).sum();
    }
}
