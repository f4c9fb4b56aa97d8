package ai.luthier.engine.pretrain;

import static java.util.Objects.requireNonNull;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.pretrain.PretrainCheckpoint.Position;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.text.bpe.BpeVocabulary;
import ai.luthier.text.corpus.TokenRows;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * One pretraining run: from random weights or its last checkpoint, over shuffled rows, until it is told to stop.
 *
 * <p>The schedule is warm-up, constant, decay (WSD [1]): the rate rises, stays, and falls linearly to zero only in a
 * finishing call. The constant part can be stopped and gone on with at any moment and needs no end fixed beforehand; a finishing call
 * starts from its checkpoint, leaves that checkpoint alone, and gives weights to publish. Training can go on from the
 * constant part later, as if the finish had not been.
 *
 * <p>A step: rows side by side up to a number of tokens; forward; the loss and its gradient at the learnt positions in chunks;
 * backward; the gradient clipped to a norm; Muon for matrices and AdamW for the rest, on fp32 weights.
 *
 * <p>Resuming is exact: weights, optimiser memory and position are in the checkpoint, the order of rows follows from the seed,
 * and nothing else is random.
 *
 * <p>[1] Hu et al., "MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies", 2024.
 *
 * <p>One thread runs it; libtorch may use more, see {@link Torch#threads(int)}.
 */
public final class PretrainRun implements AutoCloseable {

    /**
     * How this call runs and ends; it has no influence on the result apart from the decay.
     *
     * @param decayTokens 0 for the constant part; else the rate falls to zero over this many tokens and the run ends
     * @param saveEvery time between checkpoints of the constant part
     * @param validateEverySteps how often held-out rows are measured
     */
    public record Pace(long decayTokens, Duration saveEvery, int validateEverySteps) {}

    private static final int VALIDATION_ROWS = 160;
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(10);

    private final PretrainRecipe recipe;
    private final TokenRows validation;
    private final ByteLengths byteLengths;
    private final PretrainBatches batches;
    private final PretrainCheckpoint checkpoint;
    private final PretrainState state;
    private final Decoder decoder;
    private Position position;

    /** A run at its last checkpoint, or at its start where there is none. */
    public PretrainRun(
            PretrainRecipe recipe, BpeVocabulary vocabulary, TokenRows training, TokenRows validation, Path folder)
            throws IOException {
        this.recipe = recipe;
        this.validation = validation;
        this.byteLengths = new ByteLengths(vocabulary);
        this.batches = new PretrainBatches(training, recipe);
        this.checkpoint = new PretrainCheckpoint(folder.resolve("checkpoint.safetensors"));
        this.state = PretrainState.random(recipe.spec(), recipe.seed());
        this.position = checkpoint.read(recipe, state.tensors()).orElse(Position.START);
        this.decoder = new Decoder(state.weights().trainable(recipe.dtype()));
    }

    /** The weights as they are, fp32; they stay owned by this run. */
    public DecoderWeights weights() {
        return state.weights();
    }

    /**
     * Trains until {@code stop} says so or the decay is over, and leaves a checkpoint of the constant part. Returns whether the
     * decay is over: only then are these weights to publish.
     */
    public boolean run(Pace pace, BooleanSupplier stop, Consumer<PretrainEvent> events) throws IOException {
        var meter = new PretrainMeter(PROGRESS_EVERY, events);
        long startTokens = position.tokens();
        long lastSave = System.nanoTime();
        double decay = 1;
        while (!stop.getAsBoolean() && decay > 0) {
            PretrainBatches.Batch batch = batches.at(position);
            step(batch, decay, meter);
            position = batch.after();
            decay = pace.decayTokens() == 0 ? 1 : 1 - (double) (position.tokens() - startTokens) / pace.decayTokens();
            meter.tell(position, pace.decayTokens() == 0 ? -1 : startTokens + pace.decayTokens() - position.tokens());
            if (position.step() % pace.validateEverySteps() == 0) {
                events.accept(validate());
            }
            if (pace.decayTokens() == 0
                    && System.nanoTime() - lastSave > pace.saveEvery().toNanos()) {
                save(events);
                lastSave = System.nanoTime();
            }
        }
        if (pace.decayTokens() == 0) {
            save(events);
        }
        events.accept(validate());
        return decay <= 0;
    }

    private void save(Consumer<PretrainEvent> events) throws IOException {
        checkpoint.write(position, recipe, state.tensors());
        events.accept(new PretrainEvent.Saved(position.step(), checkpoint.file()));
    }

    private void step(PretrainBatches.Batch batch, double decay, PretrainMeter meter) {
        try (PointerScope _ = new PointerScope()) {
            Tensor hidden = decoder.hidden(batch.rows(), Adapter.NONE); // [T, d]
            Tensor seen = hidden.detach();
            Tensor hiddenGradient = torch.zeros_like(seen); // [T, d]
            Tensor headGradient = torch.zeros_like(embedding(state.weights().byName())); // [V, d]
            double loss = Scopes.withoutGradients(
                    () -> NextTokenLoss.gradient(decoder, seen, batch.targets(), hiddenGradient, headGradient));
            hidden.backward(hiddenGradient, new BoolOptional(), false, new TensorArrayRefOptional());
            double norm = Scopes.withoutGradients(() -> update(headGradient, decay));
            meter.add(loss, batch.targets().tokens().length, batch.rows().tokens(), norm);
        }
    }

    private double update(Tensor headGradient, double decay) {
        Map<String, Tensor> gradients = PretrainState.takeGradients(decoder.weights());
        embedding(gradients).add_(headGradient);
        double squares = 0;
        for (Tensor gradient : gradients.values()) {
            double norm = gradient.norm().item_double();
            squares += norm * norm;
        }
        double norm = Math.sqrt(squares);
        if (!Double.isFinite(norm)) {
            throw new Internal(
                    ErrorCode.TRAINING_DIVERGED,
                    null,
                    "The gradient of step " + (position.step() + 1)
                            + " is not finite. The last checkpoint is whole; go on from it with lower rates.");
        }
        if (norm > recipe.clip()) {
            var factor = new Scalar(recipe.clip() / norm);
            gradients.values().forEach(gradient -> gradient.mul_(factor));
        }
        long step = position.step() + 1;
        double rate = decay * Math.min(1, (double) step / recipe.warmUpSteps());
        state.update(gradients, step, rate * recipe.matrixRate(), rate * recipe.vectorRate());
        state.copyInto(decoder.weights());
        return norm;
    }

    private Tensor embedding(Map<String, Tensor> byName) {
        return requireNonNull(byName.get(WeightNames.embedding(decoder.spec())));
    }

    /** The loss on held-out rows, the first of them, the same ones every time. */
    public PretrainEvent.Validated validate() {
        List<short[]> rows = validation
                .rows()
                .subList(0, Math.min(VALIDATION_ROWS, validation.rows().size()));
        double loss = 0;
        long learnt = 0;
        long bytes = 0;
        for (int start = 0; start < rows.size(); start += 16) {
            PretrainBatches.Batch batch =
                    PretrainBatches.batch(rows.subList(start, Math.min(rows.size(), start + 16)), position);
            loss += loss(batch.rows(), batch.targets());
            learnt += batch.targets().tokens().length;
            bytes += byteLengths.of(batch.targets().tokens());
        }
        return new PretrainEvent.Validated(
                position.step(), position.tokens(), loss / learnt, loss / Math.log(2) / bytes);
    }

    private double loss(Rows rows, NextTokenLoss.Targets targets) {
        return Scopes.withoutGradients(() -> {
            try (PointerScope _ = new PointerScope()) {
                return NextTokenLoss.sum(decoder, decoder.hidden(rows, Adapter.NONE), targets);
            }
        });
    }

    @Override
    public void close() {
        decoder.close();
        state.close();
    }
}
