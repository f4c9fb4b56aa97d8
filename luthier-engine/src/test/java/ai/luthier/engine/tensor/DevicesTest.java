package ai.luthier.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import org.junit.jupiter.api.Test;

/** The ordinary build, which has no CUDA; with {@code -Pcuda} the last two ask the machine. */
class DevicesTest {

    @Test
    void theProcessors_canAlwaysBeAskedFor() {
        assertThat(Devices.use(Devices.Choice.CPU)).isEqualTo(new Devices.Chosen(false, "it was asked for."));
    }

    /** Every library is named by what it is and by its file. */
    @Test
    void absentLibraries_areNamed() {
        assertThat(Devices.absent()).allSatisfy(name -> assertThat(name).matches(".+ \\(lib.+\\.so\\.\\d+\\)"));
    }

    @Test
    void cuda_isRefused_withTheReason_whereAutoTakesTheProcessors() {
        Devices.Chosen chosen = Devices.use(Devices.Choice.AUTO);
        assertThat(chosen.cuda()).isEqualTo(Devices.cuda());
        if (!chosen.cuda()) {
            assertThatThrownBy(() -> Devices.use(Devices.Choice.CUDA))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("There is no CUDA device to compute with: " + chosen.reason())
                    .hasMessageContaining("Ask for 'auto' or 'cpu' instead.");
        }
    }
}
