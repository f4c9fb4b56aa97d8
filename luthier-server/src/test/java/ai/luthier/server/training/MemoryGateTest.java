package ai.luthier.server.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.train.memory.TrainingMemory;
import ai.luthier.engine.train.memory.TrainingShape;
import ai.luthier.engine.train.memory.TrainingWay;
import ai.luthier.engine.train.options.TrainingOptions;
import ai.luthier.nano.NanoModel;
import ai.luthier.text.data.JobMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryGateTest {

    private static final int BATCH = 4;
    private static final int LONGEST = 300;
    private static final long TOKENS = 20_000;

    @TempDir
    private static Path folder;

    private static TrainableModel model;

    @BeforeAll
    static void unpack() throws IOException {
        model = new TrainableModel(
                "luthier-nano", NanoModel.unpack(folder), Optional.empty(), Optional.empty(), 2048, 1e-3, 1);
    }

    /** Every kind of job by its own options: admitted with what the estimate says, refused with a byte less. */
    @ParameterizedTest
    @CsvSource({
        "SUPERVISED, method, lora, LoRA of rank 16 on rows",
        "SUPERVISED, rank, 256, LoRA of rank 256 on rows",
        "SUPERVISED, method, rslora, rsLoRA of rank 16 on rows",
        "SUPERVISED, lora_plus_ratio, 8, LoRA+ of rank 16 on rows",
        "SUPERVISED, method, last_layers, training the last 2 layers on rows",
        "SUPERVISED, method, full, training all weights on rows",
        "SUPERVISED, precision, fp32, LoRA of rank 16 on rows",
        "SUPERVISED, path, reference, LoRA of rank 16 on rows",
        "DPO, method, lora, LoRA of rank 16 on pairs of rows",
        "DPO, method, full, training all weights on pairs of rows",
    })
    void atItsBorder(JobMethod method, String key, String value, String words) {
        Object typed = value.matches("\\d+") ? Integer.valueOf(value) : value;
        TrainingOptions options = TrainingOptions.read(Map.of(key, typed), TrainingOptions.DEFAULTS, "luthier");
        for (int threads : new int[] {1, 2}) {
            TrainingWay way = TrainingWay.of(options, threads, 0);
            long needed = needed(way, method);
            assertThatCode(() -> refuse(needed, way, method, options)).doesNotThrowAnyException();
            assertThatThrownBy(() -> refuse(needed - 1, way, method, options))
                    .isInstanceOfSatisfying(
                            UserError.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY))
                    .hasMessageContaining("Tuning my-base by " + words + " of up to 300 tokens, 4 in a batch, needs ");
        }
    }

    @Test
    void whatANumberOfBytesCannotHold_isRefused_andWhatItCan_isNot() {
        TrainingOptions options = TrainingOptions.DEFAULTS;
        long free = needed(TrainingWay.of(options, 1, 0), JobMethod.SUPERVISED);
        long tight = free - (20 << 20);
        assertThatCode(() -> refuse(tight, TrainingWay.of(options, 1, tight), JobMethod.SUPERVISED, options))
                .as("the run computes again what it cannot keep")
                .doesNotThrowAnyException();
        long little = 300L << 20;
        assertThatThrownBy(() -> refuse(little, TrainingWay.of(options, 1, little), JobMethod.SUPERVISED, options))
                .hasMessageContaining("300 MiB are available");
    }

    @Test
    void whenAJobIsMade_itsOwnMethodDecides() {
        TrainingOptions full = TrainingOptions.read(Map.of("method", "full"), TrainingOptions.DEFAULTS, "luthier");
        long available = 400L << 20;
        TrainingWay usual = TrainingWay.of(TrainingOptions.DEFAULTS, 1, 0);
        MemoryGate gate = new MemoryGate(available, usual, List::of);
        gate.refuseHopeless(model, "my-base", JobMethod.SUPERVISED, TrainingOptions.DEFAULTS);
        assertThatThrownBy(() -> gate.refuseHopeless(model, "my-base", JobMethod.SUPERVISED, full))
                .hasMessageContaining("Tuning my-base by training all weights")
                .hasMessageContaining("; LoRA of rank 16");
    }

    private static void refuse(long available, TrainingWay way, JobMethod method, TrainingOptions options) {
        new MemoryGate(available, way, List::of)
                .refuse(model, "my-base", method, options, new MemoryGate.Examples(BATCH, LONGEST, TOKENS, 0));
    }

    private static long needed(TrainingWay way, JobMethod method) {
        ModelDirectory base = ModelDirectory.open(model.base());
        TrainingShape rows = TrainingShape.supervised(way, BATCH, LONGEST, TOKENS);
        return TrainingMemory.of(base.spec(), base.storedDtype(), method == JobMethod.DPO ? rows.onPairs() : rows)
                .total();
    }
}
