package ai.luthier.api.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MoneyTest {

    @Test
    void amountsAreExactAndShownPlainly() {
        assertThat(Usd.of("2.4")).isEqualTo(Usd.of("2.400")).hasToString("2.40");
        assertThat(Usd.ZERO).hasToString("0.00").isEqualTo(Usd.of("0.000"));
        assertThat(Usd.of("1E+3")).hasToString("1000.00");
        assertThat(Price.perMillion("0.15").of(3)).hasToString("0.00000045");
        Usd sum = Usd.ZERO;
        for (int call = 0; call < 1_000_000; call++) {
            sum = sum.plus(Price.perMillion("0.15").of(1));
        }
        assertThat(sum).isEqualTo(Usd.of("0.15"));
    }

    @Test
    void pricesOfLargeCountsDoNotOverflow() {
        assertThat(Price.perMillion("25").of(Long.MAX_VALUE)).hasToString("230584300921369.395175");
    }

    @Test
    void usageAddsUp() {
        TokenUsage usage = TokenUsage.ofTraining(100_000, 3).plus(TokenUsage.ofCall(10, 5));
        assertThat(usage).isEqualTo(new TokenUsage(300_000, 10, 5));
        assertThat(usage.total()).isEqualTo(300_015);
        assertThat(Rates.perMillion("12", "16").of(usage)).isEqualTo(Usd.of("0.0002"));
    }

    @Test
    void refusesNegativeAmountsAndOverflow() {
        assertThatThrownBy(() -> Usd.of("-0.01")).hasMessageContaining("-0.01");
        assertThatThrownBy(() -> TokenUsage.ofCall(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TokenUsage.ofTraining(Long.MAX_VALUE, 2)).isInstanceOf(ArithmeticException.class);
    }
}
