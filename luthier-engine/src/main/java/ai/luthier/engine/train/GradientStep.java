package ai.luthier.engine.train;

import ai.luthier.engine.model.Decoder;
import ai.luthier.text.tokens.TokenizedExample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Forward and backward passes over the rows of one optimiser step, by one path or the other. What is wanted of the hidden states
 * in between is a {@link PassLoss}'s to say; the loss of supervised fine-tuning stands here.
 */
sealed interface GradientStep extends AutoCloseable permits SupervisedStep, FastStep {

    /** The frozen base. */
    Decoder decoder();

    /**
     * Sets the adapter's gradients to those of all passes together, which follow from the gradients that the loss fills in.
     *
     * @param units to be divided into passes
     * @param rows of a unit
     * @return what the loss said of each pass
     */
    <U, R> List<R> differentiate(List<U> units, Function<U, List<TokenizedExample>> rows, PassLoss<U, R> loss);

    /** The same without gradients; passes follow the order of the units. */
    <U, R> List<R> measure(List<U> units, Function<U, List<TokenizedExample>> rows, PassLoss<U, R> loss);

    /** Tokens of one forward pass, at most; a single longer unit makes one of its own. */
    int maxTokens();

    @Override
    void close();

    /** Sets the adapter's gradients to those of the mean loss over all supervised tokens of the examples. */
    default LossSum differentiate(List<TokenizedExample> examples) {
        long stepTokens =
                examples.stream().mapToLong(TokenizedExample::supervisedCount).sum();
        return differentiate(
                        examples,
                        List::of,
                        (_, hidden, batch, gradient) ->
                                SupervisedLoss.differentiate(decoder(), hidden, batch, stepTokens, gradient))
                .stream()
                .reduce(LossSum.ZERO, LossSum::plus);
    }

    /** The loss of these examples, without gradients. */
    default LossSum measure(List<TokenizedExample> examples) {
        return measure(examples, List::of, (_, hidden, batch, _) -> SupervisedLoss.measure(decoder(), hidden, batch))
                .stream()
                .reduce(LossSum.ZERO, LossSum::plus);
    }

    /** The rows of these units, side by side. */
    default <U> Batch batch(List<U> units, Function<U, List<TokenizedExample>> rows) {
        List<TokenizedExample> examples =
                units.stream().flatMap(unit -> rows.apply(unit).stream()).toList();
        return Batch.of(examples, decoder().spec().dependsOnLength());
    }

    /** Units in their order, cut into passes that cost at most {@code most} or hold a single unit. */
    static <U> List<List<U>> passes(List<U> units, long most, ToLongFunction<List<U>> cost) {
        List<List<U>> passes = new ArrayList<>();
        List<U> open = new ArrayList<>();
        for (U unit : units) {
            open.add(unit);
            if (open.size() > 1 && cost.applyAsLong(open) > most) {
                open.removeLast();
                passes.add(List.copyOf(open));
                open.clear();
                open.add(unit);
            }
        }
        if (!open.isEmpty()) {
            passes.add(List.copyOf(open));
        }
        return passes;
    }
}
