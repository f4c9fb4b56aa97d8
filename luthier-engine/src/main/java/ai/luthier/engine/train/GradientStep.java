package ai.luthier.engine.train;

import ai.luthier.text.tokens.TokenizedExample;
import java.util.List;

/** Loss and gradients of one optimiser step's examples, by one path or the other. */
sealed interface GradientStep extends AutoCloseable permits SupervisedStep, FastStep {

    /** Sets the adapter's gradients to those of the mean loss over all supervised tokens of the examples. */
    LossSum differentiate(List<TokenizedExample> examples);

    /** The loss of these examples, without gradients. */
    LossSum measure(List<TokenizedExample> examples);

    /** Tokens of one forward pass, at most; a single longer row makes one of its own. */
    int maxTokens();

    @Override
    void close();
}
