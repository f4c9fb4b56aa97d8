package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FragmentsTest {

    @Test
    void growthByThreeTenthsIsGivenBack_andALargerStepIsNot() {
        Fragments fragments = new Fragments();
        assertThat(fragments.exceeds(1000)).as("the first step sets the bar").isFalse();
        assertThat(fragments.exceeds(1290)).isFalse();
        assertThat(fragments.exceeds(1310)).as("holes").isTrue();
        assertThat(fragments.exceeds(1500)).as("a larger step after the trim").isFalse();
        assertThat(fragments.exceeds(1940)).isFalse();
        assertThat(fragments.exceeds(1960)).as("three tenths above 1500").isTrue();
        assertThat(fragments.exceeds(900)).as("a smaller step leaves the bar").isFalse();
        assertThat(fragments.exceeds(1940)).isFalse();
    }
}
