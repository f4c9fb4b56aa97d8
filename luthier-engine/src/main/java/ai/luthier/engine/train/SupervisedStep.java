package ai.luthier.engine.train;

import ai.luthier.engine.adapter.Trainee;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.TrainingPass;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.tokens.TokenizedExample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Passes through the decoder by autograd: the reference.
 *
 * <p>A step's examples lie side by side, in as many forward passes as the token budget asks for. How they are divided changes
 * nothing but memory: every pass adds to the same gradients, and all are normalised by the supervised tokens of the step.
 *
 * @param decoder the frozen base
 * @param adapter what is trained
 * @param maxTokens of one forward pass
 * @param recompute whether activations are computed again instead of kept
 * @param cache of what lies below the trained layers; null to compute it every time
 */
record SupervisedStep(
        Decoder decoder,
        Trainee adapter,
        int maxTokens,
        boolean recompute,
        @Nullable ActivationCache cache) implements GradientStep {

    SupervisedStep(Decoder decoder, Trainee adapter, int maxTokens, boolean recompute) {
        this(decoder, adapter, maxTokens, recompute, null);
    }

    @Override
    public <U, R> List<R> differentiate(List<U> units, Function<U, List<TokenizedExample>> rows, PassLoss<U, R> loss) {
        adapter.gradients().zero_();
        List<R> results = new ArrayList<>();
        for (List<U> some : passes(units, rows)) {
            Batch batch = batch(some, rows);
            try (PointerScope _ = new PointerScope()) {
                TrainingPass pass = pass(batch);
                Tensor hidden = pass.hidden(); // [T, d]
                Tensor gradient = Tensors.zeros(decoder.dtype(), Tensors.shape(hidden)); // [T, d]
                results.add(loss.of(some, hidden, batch, gradient));
                pass.backward(gradient);
                adapter.collect();
            }
        }
        return results;
    }

    private TrainingPass pass(Batch batch) {
        Adapter current = adapter.in(decoder.dtype());
        if (cache == null) {
            return decoder.trainingPass(batch.rows(), current, recompute);
        }
        int lowest = decoder.lowestTrained(current);
        try (KnownStates known = cache.states(batch.examples(), rows -> decoder.below(rows, lowest))) {
            Tensor states = Scopes.withoutGradients(() -> known.of(batch.examples())); // [T, d]
            return decoder.trainingPass(batch.rows(), current, recompute, lowest, states);
        }
    }

    @Override
    public <U, R> List<R> measure(List<U> units, Function<U, List<TokenizedExample>> rows, PassLoss<U, R> loss) {
        List<R> results = new ArrayList<>();
        for (List<U> some : passes(units, rows)) {
            Batch batch = batch(some, rows);
            try (PointerScope _ = new PointerScope()) {
                results.add(Scopes.withoutGradients(
                        () -> loss.of(some, decoder.hidden(batch.rows(), adapter.in(decoder.dtype())), batch, null)));
            }
        }
        return results;
    }

    private <U> List<List<U>> passes(List<U> units, Function<U, List<TokenizedExample>> rows) {
        return GradientStep.passes(
                units, maxTokens, some -> batch(some, rows).rows().tokens());
    }

    @Override
    public void close() {
        // Decoder and adapter belong to the run.
    }
}
