package ai.luthier.engine.fast;

import static org.assertj.core.api.Assertions.assertThat;

import ai.luthier.engine.model.DecoderSpec;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeepingTest {

    private static final DecoderSpec SPEC = DecoderSpec.llama(60, 576, 1536, 4, 9, 3, 512);
    private static final Set<Kept> ALL = EnumSet.allOf(Kept.class);
    private static final int TOKENS = 1_000;
    private static final int SCORES = 130_000;
    private static final int RANKS = 7 * 16;

    private static final List<Keeping.Choice> CHOICES = Keeping.choices(SPEC, 2, TOKENS, SCORES, RANKS, ALL);

    @Test
    void everythingIsKept_whereThereIsRoom_andNothingWhereThereIsNone() {
        assertThat(plan(Long.MAX_VALUE / 2)).containsOnly(ALL).hasSize(4);
        assertThat(plan(0)).containsOnly(Set.of());
        assertThat(plan(-5)).containsOnly(Set.of());
    }

    /** What is cheap to compute again goes first: the norms and gates before whole layers. */
    @Test
    void aLayerIsComputedAgain_onlyWhenNothingCheaperIsLeft() {
        long cores = 4 * bytes(EnumSet.of(Kept.LAYER));
        assertThat(plan(cores)).allSatisfy(kept -> assertThat(kept).contains(Kept.LAYER));
        assertThat(plan(cores - 1)).anySatisfy(kept -> assertThat(kept).isEmpty());
    }

    /** Against every way to choose for four layers: never over the budget, and behind the best by less than one step of one layer. */
    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.2, 0.35, 0.5, 0.63, 0.71, 0.8, 0.9, 0.97})
    void theChoice_isTheBest_butForLessThanOneStep(double share) {
        long budget = (long) (share * 4 * bytes(ALL));
        List<Set<Kept>> plan = plan(budget);
        assertThat(plan.stream().mapToLong(KeepingTest::bytes).sum()).isLessThanOrEqualTo(budget);
        List<Keeping.Choice> hull = Keeping.hull(CHOICES);
        double largestStep = 0;
        for (int i = 1; i < hull.size(); i++) {
            largestStep =
                    Math.max(largestStep, hull.get(i).saved() - hull.get(i - 1).saved());
        }
        double reached = plan.stream().mapToDouble(KeepingTest::saved).sum();
        assertThat(reached).isGreaterThan(best(budget, 4) - largestStep);
    }

    @Test
    void moreRoom_neverMakesMoreWork() {
        double before = -1;
        for (long budget = 0; budget < 4 * bytes(ALL); budget += bytes(ALL) / 7) {
            double saved = plan(budget).stream().mapToDouble(KeepingTest::saved).sum();
            assertThat(saved).isGreaterThanOrEqualTo(before);
            before = saved;
        }
    }

    /** What an optimisation that is off would keep is never chosen. */
    @Test
    void onlyWhatIsAllowed_isKept() {
        Set<Kept> allowed = EnumSet.of(Kept.LAYER, Kept.SCORES);
        assertThat(Keeping.within(Long.MAX_VALUE / 2, SPEC, 4, 2, TOKENS, SCORES, RANKS, allowed))
                .containsOnly(allowed);
    }

    private static List<Set<Kept>> plan(long budget) {
        return Keeping.within(budget, SPEC, 4, 2, TOKENS, SCORES, RANKS, ALL);
    }

    private static double best(long budget, int layers) {
        if (layers == 0) {
            return 0;
        }
        return CHOICES.stream()
                .filter(choice -> choice.bytes() <= budget)
                .map(choice -> choice.saved() + best(budget - choice.bytes(), layers - 1))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static long bytes(Set<Kept> kept) {
        return choice(kept).bytes();
    }

    private static double saved(Set<Kept> kept) {
        return choice(kept).saved();
    }

    private static Keeping.Choice choice(Set<Kept> kept) {
        return CHOICES.stream()
                .filter(choice -> choice.kept().equals(kept))
                .findFirst()
                .orElseThrow();
    }
}
