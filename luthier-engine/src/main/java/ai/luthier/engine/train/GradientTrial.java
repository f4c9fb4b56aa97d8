package ai.luthier.engine.train;

import ai.luthier.engine.adapter.Trainee;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.model.Decoder;
import ai.luthier.text.tokens.TokenizedExample;
import ai.luthier.text.tokens.TokenizedPair;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Loss and gradients of a step's examples by a path of one's choice, without a run around it: for measuring and comparing. The
 * gradients come to lie in the adapter. Used by one thread.
 */
public final class GradientTrial implements AutoCloseable {

    private final GradientStep step;

    private GradientTrial(GradientStep step) {
        this.step = step;
    }

    /** By autograd. */
    public static GradientTrial reference(Decoder decoder, Trainee adapter, int maxTokens, boolean recompute) {
        return new GradientTrial(new SupervisedStep(decoder, adapter, maxTokens, recompute));
    }

    /** By the hand-written backward pass. */
    public static GradientTrial fast(
            Decoder decoder, Trainee adapter, int maxTokens, boolean recompute, FastOptions options) {
        return new GradientTrial(new FastStep(decoder, adapter, maxTokens, recompute, options));
    }

    /** Mean loss in nats per supervised token. */
    public double run(List<TokenizedExample> examples) {
        return step.differentiate(examples).loss();
    }

    /** A step over preference pairs, again and again; the reference is the model as it is now, asked once. */
    public DoubleSupplier pairs(List<TokenizedPair> pairs, DpoSpec spec) {
        PreferenceStep preferences = new PreferenceStep(step, spec);
        List<PairScore> references = preferences.scores(pairs);
        return () -> preferences.differentiate(pairs, references).measured().loss();
    }

    @Override
    public void close() {
        step.close();
    }
}
