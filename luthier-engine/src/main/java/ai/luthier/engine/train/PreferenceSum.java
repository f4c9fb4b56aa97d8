package ai.luthier.engine.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model says of pairs, summed so that parts can be added. A reward is {@code β·log π/π₀} of an answer.
 *
 * @param loss of every pair
 * @param rewards of the answers
 * @param wins pairs in which the preferred answer has the higher reward
 * @param scores log-probabilities of the answers
 * @param correct tokens of preferred answers than which none was likelier
 * @param preferredTokens learnt tokens of preferred answers
 * @param tokens learnt tokens of both
 * @param pairs how many
 */
record PreferenceSum(
        double loss,
        PairScore rewards,
        int wins,
        PairScore scores,
        long correct,
        long preferredTokens,
        long tokens,
        int pairs) {

    static final PreferenceSum ZERO = new PreferenceSum(0, new PairScore(0, 0), 0, new PairScore(0, 0), 0, 0, 0, 0);

    PreferenceSum plus(PreferenceSum other) {
        return new PreferenceSum(
                loss + other.loss,
                plus(rewards, other.rewards),
                wins + other.wins,
                plus(scores, other.scores),
                correct + other.correct,
                preferredTokens + other.preferredTokens,
                tokens + other.tokens,
                pairs + other.pairs);
    }

    private static PairScore plus(PairScore a, PairScore b) {
        return new PairScore(a.preferred() + b.preferred(), a.nonPreferred() + b.nonPreferred());
    }

    /** Means over pairs, by TRL's names, and the accuracy over the tokens of preferred answers. */
    Measured measured() {
        Map<String, Double> more = new LinkedHashMap<>();
        more.put("rewards/chosen", rewards.preferred() / pairs);
        more.put("rewards/rejected", rewards.nonPreferred() / pairs);
        more.put("rewards/margins", (rewards.preferred() - rewards.nonPreferred()) / pairs);
        more.put("rewards/accuracies", (double) wins / pairs);
        more.put("logps/chosen", scores.preferred() / pairs);
        more.put("logps/rejected", scores.nonPreferred() / pairs);
        return new Measured(loss / pairs, (double) correct / preferredTokens, tokens, more);
    }
}
