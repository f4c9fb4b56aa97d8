package ai.luthier.engine.train;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.fast.FastDecoder;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.fast.FastPass;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.tokens.TokenizedExample;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * What {@link SupervisedStep} does, by the hand-written backward pass. Hidden states come out of it only where a supervised
 * token is predicted, so everything between decoder and loss is {@code [n, d]}, one line for each supervised token.
 */
final class FastStep implements GradientStep {

    /** Passes of more than this times the budget are long. */
    private static final int LONG = 2;

    private final Decoder decoder;
    private final LoraAdapter adapter;
    private final FastDecoder fast;
    private final int maxTokens;
    private final boolean recompute;

    FastStep(Decoder decoder, LoraAdapter adapter, int maxTokens, boolean recompute, FastOptions options) {
        this.decoder = decoder;
        this.adapter = adapter;
        this.fast = new FastDecoder(decoder, adapter, options);
        this.maxTokens = maxTokens;
        this.recompute = recompute;
    }

    @Override
    public LossSum differentiate(List<TokenizedExample> examples) {
        adapter.gradients().zero_();
        fast.refresh();
        List<Batch> batches = batches(examples);
        long stepTokens = batches.stream().mapToLong(Batch::supervised).sum();
        LossSum sum = LossSum.ZERO;
        for (Batch batch : batches) {
            try (PointerScope _ = new PointerScope();
                    FastPass pass = fast.pass(batch.rows(), batch.positions(), recomputes(batch))) {
                Tensor hidden = pass.hidden(); // [n, d]
                Tensor gradient = Tensors.zeros(decoder.dtype(), Tensors.shape(hidden)); // [n, d]
                sum = sum.plus(
                        SupervisedLoss.differentiate(decoder, hidden, onlySupervised(batch), stepTokens, gradient));
                pass.backward(gradient);
            }
        }
        return sum;
    }

    @Override
    public LossSum measure(List<TokenizedExample> examples) {
        fast.refresh();
        LossSum sum = LossSum.ZERO;
        for (Batch batch : batches(examples)) {
            try (PointerScope _ = new PointerScope()) {
                Tensor hidden = fast.hidden(batch.rows(), batch.positions()); // [n, d]
                sum = sum.plus(SupervisedLoss.measure(decoder, hidden, onlySupervised(batch)));
            }
        }
        return sum;
    }

    /** A single row beyond the budget keeps one layer's activations at a time, so that memory grows with its inputs only. */
    private boolean recomputes(Batch batch) {
        return recompute || fast.tokens(batch.rows()) > LONG * maxTokens;
    }

    private List<Batch> batches(List<TokenizedExample> examples) {
        return Batch.within(maxTokens, examples, decoder.spec().dependsOnLength(), fast::tokens);
    }

    /** The batch as its hidden states come out of the pass: line {@code i} predicts target {@code i}. */
    private static Batch onlySupervised(Batch batch) {
        long[] lines = LongStream.range(0, batch.supervised()).toArray();
        return new Batch(batch.rows(), lines, batch.targets());
    }

    @Override
    public int maxTokens() {
        return maxTokens;
    }

    @Override
    public void close() {
        fast.close();
    }
}
