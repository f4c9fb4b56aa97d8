package ai.luthier.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplerTest {

    private static final float[] SCORES = {1, 3, 2, 3, -5};

    private static Sampling sampling(
            double temperature, double topP, Map<Integer, Double> bias, double presence, double frequency) {
        return new Sampling(temperature, topP, 11, bias, presence, frequency);
    }

    private static List<Integer> draws(Sampling sampling, int count) {
        var sampler = new Sampler(sampling);
        var ids = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            ids.add(sampler.next(SCORES.clone()));
        }
        return ids;
    }

    private static double share(List<Integer> ids, int id) {
        return ids.stream().filter(drawn -> drawn == id).count() / (double) ids.size();
    }

    @Test
    void temperatureZeroTakesTheBest_ofEqualOnesTheFirst() {
        assertThat(draws(Sampling.greedy(), 3)).containsOnly(1);
    }

    @Test
    void drawsFollowTheDistribution() {
        List<Integer> ids = draws(sampling(1, 1, Map.of(), 0, 0), 20_000);
        double total = Math.exp(1) + 2 * Math.exp(3) + Math.exp(2) + Math.exp(-5);

        assertThat(share(ids, 0)).isCloseTo(Math.exp(1) / total, within(0.01));
        assertThat(share(ids, 1)).isCloseTo(Math.exp(3) / total, within(0.01));
        assertThat(share(ids, 2)).isCloseTo(Math.exp(2) / total, within(0.01));
    }

    @Test
    void temperatureSharpens() {
        List<Integer> ids = draws(sampling(0.5, 1, Map.of(), 0, 0), 20_000);
        double total = Math.exp(2) + 2 * Math.exp(6) + Math.exp(4) + Math.exp(-10);

        assertThat(share(ids, 2)).isCloseTo(Math.exp(4) / total, within(0.01));
    }

    @Test
    void topPKeepsTheSmallestSetThatReachesIt() {
        // Probabilities: 0.41, 0.41, 0.15, 0.05, 0.00.
        assertThat(draws(sampling(1, 0.39, Map.of(), 0, 0), 500)).containsOnly(1);
        assertThat(draws(sampling(1, 0.79, Map.of(), 0, 0), 500)).containsOnly(1, 3);
        assertThat(draws(sampling(1, 0.90, Map.of(), 0, 0), 500)).containsOnly(1, 2, 3);
        assertThat(draws(sampling(1, 0, Map.of(), 0, 0), 500)).containsOnly(1);
    }

    @Test
    void biasForbidsAndForces() {
        assertThat(draws(sampling(1, 1, Map.of(4, 100.0), 0, 0), 200)).containsOnly(4);
        assertThat(draws(sampling(0, 1, Map.of(1, -100.0, 3, -100.0), 0, 0), 5)).containsOnly(2);
    }

    @Test
    void penaltiesGrowWithUse() {
        // 1 and 3 score 3: once each, then the frequency penalty has brought both under the 2 of token 2.
        assertThat(draws(sampling(0, 1, Map.of(), 0, 1.5), 3)).containsExactly(1, 3, 2);
        // Presence is subtracted once however often a token came.
        assertThat(draws(sampling(0, 1, Map.of(), 0.5, 0), 4)).containsExactly(1, 3, 1, 1);
    }

    @Test
    void equalSeedsGiveEqualDraws() {
        assertThat(draws(Sampling.at(1, 7), 50)).isEqualTo(draws(Sampling.at(1, 7), 50));
        assertThat(draws(Sampling.at(1, 7), 50)).isNotEqualTo(draws(Sampling.at(1, 8), 50));
    }

    @Test
    void logprobsAreTheModelsOwn() {
        double total = Math.exp(1) + 2 * Math.exp(3) + Math.exp(2) + Math.exp(-5);

        TokenLogprob logprob = Sampler.logprob(SCORES, 2, 3);

        assertThat(logprob.logprob()).isCloseTo(2 - Math.log(total), within(1e-9));
        assertThat(logprob.top()).extracting(TokenLogprob.Alternative::id).containsExactly(1, 3, 2);
        assertThat(Sampler.logprob(SCORES, 2, 0).top()).isEmpty();
        assertThat(Sampler.logprob(SCORES, 2, 20).top()).hasSize(5);
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampling.at(2.1, 0))
                .withMessageContaining("temperature");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sampling(1, 1.1, Map.of(), 0, 0))
                .withMessageContaining("topP");
    }
}
