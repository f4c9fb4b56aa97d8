package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FragmentsTest {

    @Test
    void growthByThreeTenthsIsGivenBack_andALargerStepIsNot() {
        Fragments fragments = new Fragments(0, false);
        assertThat(fragments.exceeds(1000)).as("the first step sets the bar").isFalse();
        assertThat(fragments.exceeds(1290)).isFalse();
        assertThat(fragments.exceeds(1310)).as("holes").isTrue();
        assertThat(fragments.exceeds(1500)).as("a larger step after the trim").isFalse();
        assertThat(fragments.exceeds(1940)).isFalse();
        assertThat(fragments.exceeds(1960)).as("three tenths above 1500").isTrue();
        assertThat(fragments.exceeds(900)).as("a smaller step leaves the bar").isFalse();
        assertThat(fragments.exceeds(1940)).isFalse();
    }

    @Test
    void holesThatWereReckonedWithStay() {
        Fragments fragments = new Fragments(2000, false);
        assertThat(fragments.exceeds(1000)).isFalse();
        assertThat(fragments.exceeds(1900))
                .as("above three tenths, but expected")
                .isFalse();
        assertThat(fragments.exceeds(2010)).isTrue();
        assertThat(fragments.exceeds(1900))
                .as("the next step from an empty heap")
                .isFalse();
        assertThat(fragments.exceeds(2400)).as("three tenths above 1900").isFalse();
        assertThat(fragments.exceeds(2500)).isTrue();
    }

    @Test
    void aProcessWithABudgetGivesBackWhateverLiesAboveIt() {
        Fragments fragments = new Fragments(2000, true);
        assertThat(fragments.exceeds(2100)).isTrue();
        assertThat(fragments.exceeds(2050)).as("also from an empty heap").isTrue();
        assertThat(fragments.exceeds(1900)).isFalse();
    }
}
