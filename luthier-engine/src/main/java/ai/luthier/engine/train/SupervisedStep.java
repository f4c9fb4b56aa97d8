package ai.luthier.engine.train;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.TrainingPass;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.tokens.TokenizedExample;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Loss and gradients of one optimiser step's examples.
 *
 * <p>The examples lie side by side, in as many forward passes as the token budget asks for. How they are divided changes
 * nothing but memory: every pass adds to the same gradients, and all are normalised by the supervised tokens of the step.
 *
 * @param decoder the frozen base
 * @param adapter what is trained
 * @param maxTokens of one forward pass
 * @param recompute whether activations are computed again instead of kept
 */
record SupervisedStep(Decoder decoder, LoraAdapter adapter, int maxTokens, boolean recompute) implements GradientStep {

    @Override
    public LossSum differentiate(List<TokenizedExample> examples) {
        adapter.gradients().zero_();
        List<Batch> batches = Batch.within(maxTokens, examples, decoder.spec().dependsOnLength());
        long stepTokens = batches.stream().mapToLong(Batch::supervised).sum();
        LossSum sum = LossSum.ZERO;
        for (Batch batch : batches) {
            try (PointerScope _ = new PointerScope()) {
                TrainingPass pass = decoder.trainingPass(batch.rows(), adapter.in(decoder.dtype()), recompute);
                Tensor hidden = pass.hidden(); // [T, d]
                Tensor gradient = Tensors.zeros(decoder.dtype(), Tensors.shape(hidden)); // [T, d]
                sum = sum.plus(SupervisedLoss.differentiate(decoder, hidden, batch, stepTokens, gradient));
                pass.backward(gradient);
            }
        }
        return sum;
    }

    @Override
    public LossSum measure(List<TokenizedExample> examples) {
        LossSum sum = LossSum.ZERO;
        for (Batch batch : Batch.within(maxTokens, examples, decoder.spec().dependsOnLength())) {
            try (PointerScope _ = new PointerScope()) {
                sum = sum.plus(Scopes.withoutGradients(() -> {
                    Adapter current = adapter.in(decoder.dtype());
                    return SupervisedLoss.measure(decoder, decoder.hidden(batch.rows(), current), batch);
                }));
            }
        }
        return sum;
    }

    @Override
    public void close() {
        // Decoder and adapter belong to the run.
    }
}
