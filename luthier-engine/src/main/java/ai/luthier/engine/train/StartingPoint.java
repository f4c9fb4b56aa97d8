package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.adapter.ChangedWeights;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.adapter.TrainedWeights;
import ai.luthier.engine.adapter.Trainee;
import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.train.memory.TrainingWay;
import ai.luthier.engine.train.options.TrainingMethod;
import ai.luthier.engine.train.options.Tuning;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;

/**
 * What a run begins with, by its method: the decoder, what is trained of it, and the optimiser. A function of the spec alone.
 *
 * @param decoder whose weights are frozen, but for those that are trained
 */
record StartingPoint(Decoder decoder, Trainee trainee, AdamW optimizer) implements AutoCloseable {

    static StartingPoint of(RunSpec spec, ModelDirectory base) throws IOException {
        Decoder decoder = base.decoder(TrainingWay.dtype(spec.precision()));
        try {
            Tuning tuning = spec.tuning();
            return switch (tuning.method()) {
                case LORA, RSLORA -> lowRank(spec, decoder);
                case LAST_LAYERS ->
                    weights(spec, decoder, TrainedWeights.lastLayers(decoder.spec(), tuning.layersOf(decoder.spec())));
                case FULL ->
                    weights(spec, decoder, WeightNames.shapes(decoder.spec()).keySet());
            };
        } catch (IOException | RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    private static StartingPoint lowRank(RunSpec spec, Decoder decoder) throws IOException {
        Optional<Path> before = spec.continueFrom();
        if (before.isPresent() && ChangedWeights.isIn(before.get())) {
            throw new UserError(
                    ErrorCode.UNSUPPORTED_VALUE,
                    "method",
                    "The model to go on from was trained by changing whole weights; low-rank factors beside them are not"
                            + " supported. Go on with the method 'last_layers' or 'full', or export it as safetensors and add"
                            + " that as a base.");
        }
        LoraAdapter adapter = before.isPresent()
                ? PeftDirectory.read(before.get(), decoder.spec())
                : LoraAdapter.fresh(decoder.spec(), loraSpec(spec, decoder.spec()), spec.seed());
        double ratio = spec.tuning().loraPlusRatio();
        try (PointerScope _ = new PointerScope()) {
            return new StartingPoint(
                    decoder,
                    adapter,
                    new AdamW(adapter.parameters(), spec.weightDecay(), ratio == 1 ? null : adapter.rates(ratio)));
        }
    }

    private static LoraSpec loraSpec(RunSpec spec, DecoderSpec model) {
        List<String> targets = spec.tuning().targetModules();
        return new LoraSpec(
                spec.rank(),
                spec.alpha(),
                targets.isEmpty() ? LoraSpec.everyProjection(model, 1, 1).targets() : targets,
                spec.tuning().method() == TrainingMethod.RSLORA);
    }

    /** The trained weights lie in a decoder of their own, over the frozen rest. */
    private static StartingPoint weights(RunSpec spec, Decoder frozen, Set<String> names) throws IOException {
        TrainedWeights trained = spec.continueFrom().isEmpty()
                ? TrainedWeights.of(frozen.weights(), names)
                : further(spec.continueFrom().get(), frozen, names);
        return new StartingPoint(
                new Decoder(trained.over(frozen.weights(), frozen::close)),
                trained,
                new AdamW(trained.parameters(), spec.weightDecay()));
    }

    private static TrainedWeights further(Path before, Decoder frozen, Set<String> names) throws IOException {
        if (!ChangedWeights.isIn(before)) {
            throw new UserError(
                    ErrorCode.UNSUPPORTED_VALUE,
                    "method",
                    "The model to go on from is an adapter; its base's own weights cannot be trained under it. Go on with the"
                            + " adapter's method, or export the model as safetensors and add that as a base.");
        }
        ChangedWeights changed = ChangedWeights.open(before, frozen.spec());
        Set<String> left = new TreeSet<>(changed.names());
        left.removeAll(names);
        if (!left.isEmpty()) {
            changed.close();
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    "last_layers",
                    "The model to go on from has changed weights below those that would be trained, "
                            + left.iterator().next() + " for example. Train at least as many layers as it did.");
        }
        try (DecoderWeights start = changed.over(frozen.weights())) {
            return TrainedWeights.of(start, names);
        }
    }

    @Override
    public void close() {
        optimizer.close();
        decoder.close();
        trainee.close();
    }
}
