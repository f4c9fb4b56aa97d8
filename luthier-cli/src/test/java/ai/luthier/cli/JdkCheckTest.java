package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.Unavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JdkCheckTest {

    @ParameterizedTest
    @ValueSource(strings = {"25.0.2+10", "25+36", "24.0.2+1", "17.0.15+6", "26+1"})
    void refusesJdksThatAreUnsafeOrUnknown(String version) {
        assertThatThrownBy(() -> JdkCheck.requireSafeJdk(Runtime.Version.parse(version)))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("25.0.3")
                .hasMessageContaining("LUTHIER_JAVA_HOME");
    }

    @Test
    void takesTheFirstSafeUpdateAndLaterOnes() {
        assertThatCode(() -> JdkCheck.requireSafeJdk(Runtime.Version.parse("25.0.3+9-LTS")))
                .doesNotThrowAnyException();
        assertThatCode(() -> JdkCheck.requireSafeJdk(Runtime.Version.parse("25.0.4+1")))
                .doesNotThrowAnyException();
    }
}
