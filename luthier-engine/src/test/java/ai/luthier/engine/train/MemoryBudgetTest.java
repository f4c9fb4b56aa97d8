package ai.luthier.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

    /** SmolLM2-135M's shape, LoRA of rank 16. */
    private static final DecoderSpec SPEC = DecoderSpec.llama(49_152, 576, 1_536, 30, 9, 3, 2_048);

    private static final MemoryBudget.Load ONE = new MemoryBudget.Load(SPEC, Dtype.BF16, 4_900_000, 1);
    private static final MemoryBudget.Load TWO = new MemoryBudget.Load(SPEC, Dtype.BF16, 4_900_000, 2);

    @Test
    void withoutABudget_nothingIsLimited() {
        assertThat(MemoryBudget.NONE.kept(ONE, 2048)).isEqualTo(Long.MAX_VALUE);
        assertThat(MemoryBudget.NONE.tokens(TWO, 2048)).isEqualTo(2048);
    }

    @Test
    void plenty_keepsPassesWhole_andLittle_makesThemSmaller_butNotTiny() {
        assertThat(new MemoryBudget(6L << 30).tokens(ONE, 2048)).isEqualTo(2048);
        assertThat(new MemoryBudget(2L << 30).tokens(ONE, 2048)).isEqualTo(1024);
        assertThat(new MemoryBudget(1L << 30).tokens(ONE, 2048)).isEqualTo(512);
        assertThat(new MemoryBudget(1L << 30).tokens(TWO, 2048)).isEqualTo(1024);
    }

    @Test
    void lessMemory_longerRows_andMoreLanes_leaveLessToKeep() {
        MemoryBudget budget = new MemoryBudget(2L << 30);
        assertThat(budget.kept(ONE, 1024)).isPositive();
        assertThat(budget.kept(ONE, 2048)).isLessThan(budget.kept(ONE, 1024));
        assertThat(budget.kept(TWO, 1024)).isLessThan(budget.kept(ONE, 1024));
        assertThat(new MemoryBudget(1L << 30).kept(ONE, 1024)).isLessThan(budget.kept(ONE, 1024));
        assertThat(new MemoryBudget(1).kept(ONE, 1024)).isZero();
    }

    @Test
    void aBudgetOfNothing_isRefused() {
        assertThatThrownBy(() -> new MemoryBudget(0)).hasMessage("a budget of 0 bytes");
    }
}
