package ai.luthier.engine.train;

import ai.luthier.engine.adapter.Trainee;
import ai.luthier.engine.fast.FastDecoder;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.fast.FastPass;
import ai.luthier.engine.fast.Optimisation;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Devices;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.memory.MemoryBudget;
import ai.luthier.text.tokens.TokenizedExample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What {@link SupervisedStep} does, by the hand-written backward pass. Hidden states come out of it only where a supervised
 * token is predicted, so everything between decoder and loss is {@code [n, d]}, one line for each supervised token.
 */
final class FastStep implements GradientStep {

    private final Decoder decoder;
    private final Trainee adapter;
    private final Lanes lanes;
    private final FastDecoder fast; // that of the first lane
    private final int maxTokens;
    private final boolean recompute;
    private final MemoryBudget budget;
    private final @Nullable ActivationCache cache;

    /** With as many lanes as there are threads, where rows may go side by side, and as much memory as it takes. */
    FastStep(Decoder decoder, Trainee adapter, int maxTokens, boolean recompute, FastOptions options) {
        this(decoder, adapter, maxTokens, recompute, options, lanes(decoder, options), MemoryBudget.NONE, null);
    }

    FastStep(
            Decoder decoder,
            Trainee adapter,
            int maxTokens,
            boolean recompute,
            FastOptions options,
            int laneCount,
            MemoryBudget budget,
            @Nullable ActivationCache cache) {
        this.decoder = decoder;
        this.adapter = adapter;
        this.lanes = new Lanes(laneCount, decoder, adapter, options);
        this.fast = lanes.first().fast();
        this.maxTokens = maxTokens;
        this.recompute = recompute;
        this.cache = cache;
        this.budget = budget;
    }

    /** One on a device, which no thread has to itself, and in fp32: its products are OpenBLAS's, whose threads are its own and the same for all callers. */
    static int lanes(Decoder decoder, FastOptions options) {
        boolean apart = options.has(Optimisation.PASSES_SIDE_BY_SIDE) && decoder.dtype() == Dtype.BF16;
        return apart && !Devices.cuda() ? Torch.threads() : 1;
    }

    @Override
    public Decoder decoder() {
        return decoder;
    }

    @Override
    public <U, R> List<R> differentiate(List<U> units, Function<U, List<TokenizedExample>> rows, PassLoss<U, R> loss) {
        adapter.gradients().zero_();
        lanes.refresh();
        try (KnownStates known = known(batch(units, rows).examples())) {
            return Division.among(lanes.count(), units, unit -> work(unit, rows), some -> cost(some, rows))
                    .map(parts -> lanes.each(
                            parts, (lane, part) -> differentiate(lane, part, known, laneTokens(), rows, loss)))
                    .orElseGet(() -> List.of(differentiate(lanes.first(), units, known, maxTokens, rows, loss)))
                    .stream()
                    .flatMap(List::stream)
                    .toList();
        }
    }

    /** Before the rows are divided, so that whoever computes with them later, the frozen layers always compute in the same way. */
    private KnownStates known(List<TokenizedExample> examples) {
        return cache == null ? KnownStates.NONE : cache.states(examples, fast::below);
    }

    private <U, R> List<R> differentiate(
            Lanes.Lane lane,
            List<U> units,
            KnownStates known,
            int tokens,
            Function<U, List<TokenizedExample>> rows,
            PassLoss<U, R> loss) {
        List<R> results = new ArrayList<>();
        for (List<U> some : Filling.passes(units, tokens, part -> cost(part, rows))) {
            Batch batch = batch(some, rows);
            try (PointerScope _ = new PointerScope();
                    FastPass pass = lane.fast()
                            .pass(batch.rows(), batch.positions(), keptBytes(batch), known.of(batch.examples()))) {
                Tensor hidden = pass.hidden(); // [n, d]
                Tensor gradient = Tensors.zeros(decoder.dtype(), Tensors.shape(hidden)); // [n, d]
                results.add(loss.of(some, hidden, onlySupervised(batch), gradient));
                pass.backward(gradient);
            }
        }
        return results;
    }

    @Override
    public <U, R> List<R> measure(List<U> units, Function<U, List<TokenizedExample>> rows, PassLoss<U, R> loss) {
        fast.refresh();
        List<R> results = new ArrayList<>();
        for (List<U> some : GradientStep.passes(units, maxTokens, part -> cost(part, rows))) {
            Batch batch = batch(some, rows);
            try (PointerScope _ = new PointerScope()) {
                Tensor hidden = fast.hidden(batch.rows(), batch.positions()); // [n, d]
                results.add(loss.of(some, hidden, onlySupervised(batch), null));
            }
        }
        return results;
    }

    /** What units cost in tokens computed: fewer than they have where beginnings are shared. */
    private <U> long cost(List<U> units, Function<U, List<TokenizedExample>> rows) {
        return fast.tokens(batch(units, rows).rows());
    }

    /** What a unit computed alone takes, in operations: long rows attend more, and learnt tokens pass the head. */
    private <U> double work(U unit, Function<U, List<TokenizedExample>> rows) {
        Batch batch = batch(List.of(unit), rows);
        return SpeedEstimate.usefulOperations(
                decoder.spec(), fast.tokens(batch.rows()), batch.supervised(), RunDefaults.RANK);
    }

    /** A single row far beyond the tokens of a pass keeps one layer's activations at a time, so that memory grows with its inputs only. */
    private long keptBytes(Batch batch) {
        int tokens = fast.tokens(batch.rows());
        return recompute || tokens > RunDefaults.LONG_PASSES * maxTokens
                ? 0
                : budget.kept(tokens, batch.rows().longest());
    }

    /** All lanes together keep no more activations than one of them would alone. */
    private int laneTokens() {
        return Math.max(1, maxTokens / lanes.count());
    }

    /** The batch as its hidden states come out of the pass: line {@code i} predicts target {@code i}. */
    private static Batch onlySupervised(Batch batch) {
        long[] lines = LongStream.range(0, batch.supervised()).toArray();
        return new Batch(batch.examples(), batch.rows(), lines, batch.targets());
    }

    @Override
    public int maxTokens() {
        return maxTokens;
    }

    @Override
    public void close() {
        lanes.close();
    }
}
