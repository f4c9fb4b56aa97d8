package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FragmentsTest {

    @Test
    void growthByATenthIsGivenBack_andALargerStepIsNot() {
        Fragments fragments = new Fragments();
        assertThat(fragments.exceeds(1000)).as("the first step sets the bar").isFalse();
        assertThat(fragments.exceeds(1090)).isFalse();
        assertThat(fragments.exceeds(1110)).as("holes").isTrue();
        assertThat(fragments.exceeds(1300)).as("a larger step after the trim").isFalse();
        assertThat(fragments.exceeds(1400)).isFalse();
        assertThat(fragments.exceeds(1440)).as("a tenth above 1300").isTrue();
        assertThat(fragments.exceeds(900)).as("a smaller step leaves the bar").isFalse();
        assertThat(fragments.exceeds(1400)).isFalse();
    }
}
