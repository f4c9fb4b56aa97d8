package ai.luthier.engine.train;

import ai.luthier.text.tokens.TokenizedExample;
import ai.luthier.text.tokens.TokenizedPair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Direct preference optimisation: the mean of {@link DpoSpec}'s loss over pairs. The reference is the model as the run finds it,
 * the base or the tuned model that it goes on from.
 */
final class PreferenceObjective implements Objective {

    private final PairData data;
    private final DpoSpec spec;
    private List<PairScore> trainingReference = List.of();
    private List<PairScore> validationReference = List.of();

    PreferenceObjective(PairData data, DpoSpec spec) {
        this.data = data;
        this.spec = spec;
    }

    @Override
    public int trainingRows() {
        return data.training().size();
    }

    @Override
    public int validationRows() {
        return data.validation().size();
    }

    @Override
    public long tokens(int[] rows) {
        return pairs(rows).stream().mapToLong(TokenizedPair::tokens).sum();
    }

    @Override
    public long trainingTokens() {
        return data.training().stream().mapToLong(TokenizedPair::tokens).sum();
    }

    @Override
    public int longestRow() {
        return data.training().stream().mapToInt(TokenizedPair::longest).max().orElse(1);
    }

    /** None: each pair's rows are laid down anew. */
    @Override
    public List<TokenizedExample> rowsThatComeAgain() {
        return List.of();
    }

    @Override
    public List<String> warnings() {
        return data.warnings();
    }

    @Override
    public boolean prepares() {
        return true;
    }

    @Override
    public void prepare(GradientStep step, Path folder, WriteGate gate, RunObserver observer, boolean begun)
            throws IOException {
        List<TokenizedPair> all = new ArrayList<>(data.training());
        all.addAll(data.validation());
        List<PairScore> scores =
                new ReferenceScores(folder, gate, observer).of(all, new PreferenceStep(step, spec), begun);
        trainingReference = scores.subList(0, trainingRows());
        validationReference = scores.subList(trainingRows(), all.size());
    }

    @Override
    public Measured differentiate(GradientStep step, int[] rows) {
        List<PairScore> references =
                Arrays.stream(rows).mapToObj(trainingReference::get).toList();
        return new PreferenceStep(step, spec)
                .differentiate(pairs(rows), references)
                .measured();
    }

    @Override
    public Measured measure(GradientStep step, int from, int to) {
        return new PreferenceStep(step, spec)
                .measure(data.validation().subList(from, to), validationReference.subList(from, to))
                .measured();
    }

    private List<TokenizedPair> pairs(int[] rows) {
        return Arrays.stream(rows).mapToObj(data.training()::get).toList();
    }

    /** The first loss is the same for every model. */
    @Override
    public Optional<String> doubt(double firstLoss, int vocabulary) {
        return Optional.empty();
    }
}
