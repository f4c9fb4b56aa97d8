package ai.luthier.engine.train.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.options.TrainingOptions;
import ai.luthier.engine.train.options.Tuning;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryBudgetTest {

    /** SmolLM2-135M's shape. */
    private static final DecoderSpec SPEC = DecoderSpec.llama(49_152, 576, 1_536, 30, 9, 3, 2_048);

    private static final RunMemory ONE = run(1);
    private static final RunMemory TWO = run(2);

    @Test
    void withoutABudget_nothingIsLimited() {
        assertThat(MemoryBudget.NONE.kept(2048, 512)).isEqualTo(Long.MAX_VALUE);
        assertThat(MemoryBudget.NONE.tokens(2048, 512, false)).isEqualTo(2048);
        assertThat(MemoryBudget.of(0, ONE)).isSameAs(MemoryBudget.NONE);
    }

    @Test
    void plenty_keepsPassesWhole_andLittle_makesThemSmaller_butNotTiny() {
        assertThat(of(6L << 30, ONE).tokens(2048, 512, false)).isEqualTo(2048);
        assertThat(of(2L << 30, ONE).tokens(2048, 512, false)).isEqualTo(1024);
        assertThat(of(1L << 30, ONE).tokens(2048, 512, false)).isEqualTo(512);
        assertThat(of(1L << 30, TWO).tokens(2048, 512, false)).isEqualTo(1024);
        assertThat(of(2L << 30, ONE).tokens(2048, 512, true))
                .as("what is computed again anyway needs no smaller passes")
                .isEqualTo(2048);
    }

    @Test
    void lessMemory_longerRows_andMoreLanes_leaveLessToKeep() {
        MemoryBudget budget = of(2L << 30, ONE);
        assertThat(budget.kept(1024, 512)).isEqualTo(ONE.pass(1024, 512).whole());
        assertThat(budget.kept(2048, 512)).isLessThan(ONE.pass(2048, 512).whole());
        assertThat(of(1L << 30, ONE).kept(1024, 512)).isLessThan(budget.kept(1024, 512));
        assertThat(of(5L << 28, TWO).kept(1024, 512))
                .isLessThan(of(5L << 28, ONE).kept(1024, 512));
        assertThat(of(1, ONE).kept(1024, 512)).isZero();
    }

    @Test
    void aBudgetBelowNothing_isRefused() {
        assertThatThrownBy(() -> of(-1, ONE)).hasMessage("a budget of -1 bytes");
    }

    /** What a run is told before is what it reckons with itself: given as much as was foretold it keeps everything, given less it does not. */
    @ParameterizedTest
    @CsvSource({
        "lora, 16, fast, 1",
        "lora, 128, fast, 2",
        "lora, 16, reference, 1",
        "rslora, 64, fast, 4",
        "last_layers, 16, fast, 1",
        "last_layers, 16, fast, 2",
        "full, 16, auto, 1",
    })
    void theEstimateBefore_andTheBudgetOfTheRun_areOne(String method, int rank, String path, int threads) {
        Map<String, Object> given = method.endsWith("lora")
                ? Map.of("method", method, "rank", rank, "path", path)
                : Map.of("method", method, "path", path);
        TrainingWay way = TrainingWay.of(TrainingOptions.read(given, TrainingOptions.DEFAULTS, ""), threads, 0);
        TrainingShape shape = TrainingShape.supervised(way, 64, 512, 100_000);
        RunMemory run = way.run(SPEC, Dtype.BF16, 100_000);
        long foretold = TrainingMemory.of(SPEC, Dtype.BF16, shape).total();
        int lane = RunDefaults.PASS_TOKENS / run.lanes();
        MemoryBudget enough = of(foretold + 2L * run.lanes(), run); // halves of bytes are cut off
        assertThat(enough.tokens(RunDefaults.PASS_TOKENS, 512, false)).isEqualTo(RunDefaults.PASS_TOKENS);
        assertThat(enough.kept(lane, 512)).isEqualTo(run.pass(lane, 512).whole());
        MemoryBudget less = of(foretold - 1000, run);
        if (lane > 512) { // else passes get no smaller
            assertThat(less.tokens(RunDefaults.PASS_TOKENS, 512, false)).isLessThan(RunDefaults.PASS_TOKENS);
        }
        assertThat(less.kept(lane, 512)).isLessThan(run.pass(lane, 512).whole());
    }

    private static MemoryBudget of(long bytes, RunMemory run) {
        return MemoryBudget.of(bytes, run);
    }

    private static RunMemory run(int lanes) {
        return new RunMemory(
                SPEC, Dtype.BF16, Dtype.BF16, Trained.of(SPEC, Tuning.LORA, 16), TrainingPath.FAST, lanes, 0);
    }
}
