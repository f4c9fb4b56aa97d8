package ai.luthier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import ai.luthier.engine.train.Overlong;
import ai.luthier.engine.train.options.TrainingMethod;
import ai.luthier.engine.train.options.TrainingOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The flags of {@code luthier train} say what the object {@code luthier} of a job says. */
class TrainingFlagsTest {

    @Command(name = "train")
    private static final class Holder {
        @Mixin
        private final TrainingFlags flags = new TrainingFlags();
    }

    private static TrainingOptions read(String... arguments) {
        return CommandLine.populateCommand(new Holder(), arguments).flags.read();
    }

    @Test
    void withoutFlags_everythingIsAsInAJobWithoutTheObject() {
        assertThat(read()).isEqualTo(TrainingOptions.DEFAULTS);
    }

    @Test
    void flagsReachTheOptions() {
        TrainingOptions low = read(
                "--method=rslora", "--rank=8", "--target-modules=q_proj,v_proj", "--lora-plus-ratio", "--truncate");
        assertThat(low.method()).isEqualTo(TrainingMethod.RSLORA);
        assertThat(low.rank()).isEqualTo(8);
        assertThat(low.targetModules()).isEqualTo(List.of("q_proj", "v_proj"));
        assertThat(low.loraPlusRatio()).isEqualTo(16);
        assertThat(low.overlong()).isEqualTo(Overlong.TRUNCATE);

        TrainingOptions last = read("--method=last_layers", "--last-layers=2", "--no-activation-cache");
        assertThat(last.lastLayers()).isEqualTo(2);
        assertThat(last.activationCacheBytes()).isZero();
        assertThat(read("--lora-plus-ratio=4").loraPlusRatio()).isEqualTo(4);
    }

    @Test
    void wrongFlags_areNamedAsFlags_allAtOnce() {
        assertThatThrownBy(() -> read("--method=dora", "--rank=0", "--precision=int4"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'dora'. Supported values are: 'lora', 'rslora', 'last_layers', 'full'")
                .hasMessageContaining("--rank")
                .hasMessageContaining("'int4'");
        assertThatThrownBy(() -> read("--lora-plus-ratio=many")).hasMessageContaining("neither a number nor 'auto'");
    }
}
