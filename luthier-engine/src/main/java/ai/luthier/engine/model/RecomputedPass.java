package ai.luthier.engine.model;

import ai.luthier.engine.tensor.Autograd;
import ai.luthier.engine.tensor.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Keeps only the input of every layer, and computes a layer's activations again when the backward pass reaches it [1]: about
 * a third more work, and the memory of one layer instead of all.
 *
 * <p>[1] Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016.
 */
final class RecomputedPass implements TrainingPass {

    private final Tensor embedded; // [T, d], in the graph where the embedding is trainable
    private final List<UnaryOperator<Tensor>> stages;
    private final int lowest;
    private final List<Tensor> inputs = new ArrayList<>(); // of every stage [T, d]
    private final Tensor hidden;

    /**
     * Runs the stages one after the other; each is {@code [T, d]} to {@code [T, d]}.
     *
     * @param lowest stage with something to train; the way back ends there
     */
    RecomputedPass(Tensor embedded, List<UnaryOperator<Tensor>> stages, int lowest) {
        this.lowest = lowest;
        this.embedded = embedded;
        this.stages = List.copyOf(stages);
        this.hidden = Scopes.withoutGradients(() -> {
            Tensor x = embedded.detach();
            for (UnaryOperator<Tensor> stage : stages) {
                Tensor input = x;
                inputs.add(input);
                x = Scopes.returning(() -> stage.apply(input));
            }
            return x;
        });
    }

    @Override
    public Tensor hidden() {
        return hidden;
    }

    @Override
    public void backward(Tensor hiddenGradient) {
        Tensor gradient = hiddenGradient;
        for (int i = stages.size() - 1; i >= lowest; i--) {
            UnaryOperator<Tensor> stage = stages.get(i);
            Tensor input = inputs.get(i);
            Tensor after = gradient;
            boolean needed = i > lowest || embedded.requires_grad();
            gradient = Scopes.returning(() -> {
                Tensor x = input.detach().requires_grad_(needed);
                Autograd.backward(stage.apply(x), after);
                return needed ? x.grad().detach() : after; // grad() alone is a view into x, which ends here
            });
        }
        if (embedded.requires_grad()) {
            Autograd.backward(embedded, gradient);
        }
    }
}
