package ai.luthier.engine.train;

import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.tokens.TokenizedExample;
import ai.luthier.text.tokens.TokenizedPair;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The loss of preference pairs and its gradients, by either path.
 *
 * <p>Both rows of a pair lie in one pass, where the fast path computes their prompt once. With {@code s} the log-probability of
 * an answer, the sum over its learnt tokens, the loss of a pair depends on {@code δ} alone ({@link DpoSpec}), so
 *
 * <pre>
 *   dL/ds(c) = L'(δ)/b,  dL/ds(r) = -L'(δ)/b      b pairs in the step; for IPO also ÷ the answer's tokens
 * </pre>
 *
 * <p>and the gradient is that of supervised fine-tuning with one weight {@code w = -dL/ds} for all tokens of an answer. The
 * weights are known only after the forward pass, hence: gradients of hidden states for the weight 1 while the logits are there,
 * then each line times its weight. Only a head that is trained itself needs its logits a second time.
 *
 * @param step the path
 * @param spec the loss
 */
record PreferenceStep(GradientStep step, DpoSpec spec) {

    /** A pair, and what the reference says of it. */
    private record Judged(TokenizedPair pair, PairScore reference) {}

    /** The sums over pairs; sets the adapter's gradients to those of the pairs' mean loss. */
    PreferenceSum differentiate(List<TokenizedPair> pairs, List<PairScore> references) {
        return sum(step.differentiate(
                judged(pairs, references),
                unit -> sides(unit.pair()),
                (some, hidden, batch, gradient) -> backward(hidden, batch, some, pairs.size(), gradient)));
    }

    /** The sums over pairs, without gradients. */
    PreferenceSum measure(List<TokenizedPair> pairs, List<PairScore> references) {
        return sum(step.measure(
                judged(pairs, references),
                unit -> sides(unit.pair()),
                (some, hidden, batch, _) -> sum(score(hidden, batch, null, null).byRow(rows(some)), some)));
    }

    /** Log-probabilities of both answers of each pair. */
    List<PairScore> scores(List<TokenizedPair> pairs) {
        return step
                .measure(
                        pairs,
                        PreferenceStep::sides,
                        (some, hidden, batch, _) -> score(hidden, batch, null, null)
                                .byRow(some.stream()
                                        .flatMap(pair -> sides(pair).stream())
                                        .toList()))
                .stream()
                .flatMap(rows -> IntStream.range(0, rows.size() / 2)
                        .mapToObj(pair -> new PairScore(
                                rows.get(2 * pair).logProbability(),
                                rows.get(2 * pair + 1).logProbability())))
                .toList();
    }

    private static List<Judged> judged(List<TokenizedPair> pairs, List<PairScore> references) {
        return IntStream.range(0, pairs.size())
                .mapToObj(pair -> new Judged(pairs.get(pair), references.get(pair)))
                .toList();
    }

    private static PreferenceSum sum(List<PreferenceSum> parts) {
        return parts.stream().reduce(PreferenceSum.ZERO, PreferenceSum::plus);
    }

    private PreferenceSum backward(
            Tensor hidden, Batch batch, List<Judged> pairs, int stepPairs, @Nullable Tensor gradient) {
        Decoder decoder = step.decoder();
        boolean twice = decoder.head().requires_grad();
        List<TokenScores.OfRow> rows =
                score(hidden, batch, null, twice ? null : gradient).byRow(rows(pairs));
        Tensor weights = weights(rows, pairs, stepPairs); // [n]
        if (twice) {
            score(hidden, batch, weights, gradient);
        } else if (gradient != null) {
            Tensor lines = Tensors.zeros(Dtype.FP32, gradient.size(0)); // [T]
            lines.index_copy_(0, Tensors.longs(batch.positions()), weights);
            gradient.mul_(lines.unsqueeze(1)); // [T, d]
        }
        return sum(rows, pairs);
    }

    /** {@code w} of every supervised token, {@code [n]} fp32. */
    private Tensor weights(List<TokenScores.OfRow> rows, List<Judged> pairs, int stepPairs) {
        float[] weights =
                new float[rows.stream().mapToInt(TokenScores.OfRow::tokens).sum()];
        int at = 0;
        for (int row = 0; row < rows.size(); row++) {
            int pair = row / 2;
            double slope = spec.at(delta(rows, pairs, pair)).slope() / stepPairs;
            double own = spec.perToken() ? slope / rows.get(row).tokens() : slope;
            for (int i = 0; i < rows.get(row).tokens(); i++) {
                weights[at++] = (float) (row % 2 == 0 ? -own : own);
            }
        }
        return Tensors.floats(weights, weights.length);
    }

    private double delta(List<TokenScores.OfRow> rows, List<Judged> pairs, int pair) {
        PairScore reference = pairs.get(pair).reference();
        TokenScores.OfRow preferred = rows.get(2 * pair);
        TokenScores.OfRow other = rows.get(2 * pair + 1);
        double gain = preferred.logProbability() - reference.preferred();
        double otherGain = other.logProbability() - reference.nonPreferred();
        return spec.perToken() ? gain / preferred.tokens() - otherGain / other.tokens() : gain - otherGain;
    }

    private PreferenceSum sum(List<TokenScores.OfRow> rows, List<Judged> pairs) {
        PreferenceSum sum = PreferenceSum.ZERO;
        for (int pair = 0; pair < pairs.size(); pair++) {
            PairScore reference = pairs.get(pair).reference();
            TokenScores.OfRow preferred = rows.get(2 * pair);
            TokenScores.OfRow other = rows.get(2 * pair + 1);
            PairScore scores = new PairScore(preferred.logProbability(), other.logProbability());
            PairScore rewards = new PairScore(
                    spec.beta() * (scores.preferred() - reference.preferred()),
                    spec.beta() * (scores.nonPreferred() - reference.nonPreferred()));
            sum = sum.plus(new PreferenceSum(
                    spec.at(delta(rows, pairs, pair)).value(),
                    rewards,
                    rewards.preferred() > rewards.nonPreferred() ? 1 : 0,
                    scores,
                    preferred.correct(),
                    preferred.tokens(),
                    (long) preferred.tokens() + other.tokens(),
                    1));
        }
        return sum;
    }

    private TokenScores score(Tensor hidden, Batch batch, @Nullable Tensor weights, @Nullable Tensor gradient) {
        return SupervisedLoss.score(step.decoder(), hidden, batch, weights, gradient);
    }

    private static List<TokenizedExample> rows(List<Judged> pairs) {
        return pairs.stream().flatMap(unit -> sides(unit.pair()).stream()).toList();
    }

    private static List<TokenizedExample> sides(TokenizedPair pair) {
        return List.of(pair.preferred(), pair.nonPreferred());
    }
}
