package ai.luthier.engine.generate;

import ai.luthier.engine.adapter.ChangedWeights;
import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.PeftDirectory;
import ai.luthier.engine.model.Adapter;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.LowRank;
import ai.luthier.engine.model.Projection;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Scopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;

/**
 * A tuned model attached to a {@link Generator}: a few matrices beside the shared base, not merged into it, or a decoder in which
 * some weights are others, mapped from the model's own file, and the rest is the base's. Its memory is released when it is detached and the last answer that uses it is finished. Safe for any thread.
 */
public final class AdapterHandle {

    private final Path directory;
    private final Map<Integer, Map<Projection, LowRank>> layers;
    private final Optional<Decoder> decoder;
    private int users = 1;

    private AdapterHandle(Path directory, Map<Integer, Map<Projection, LowRank>> layers, Optional<Decoder> decoder) {
        this.directory = directory;
        this.layers = layers;
        this.decoder = decoder;
    }

    static AdapterHandle read(Path directory, Decoder base) {
        try {
            return ChangedWeights.isIn(directory)
                    ? new AdapterHandle(directory, Map.of(), Optional.of(changed(directory, base)))
                    : new AdapterHandle(directory, lowRank(directory, base.spec(), base.dtype()), Optional.empty());
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot read the tuned model in " + directory, failed);
        }
    }

    private static Decoder changed(Path directory, Decoder base) throws IOException {
        ChangedWeights changed = ChangedWeights.open(directory, base.spec());
        return new Decoder(changed.over(base.weights()));
    }

    private static Map<Integer, Map<Projection, LowRank>> lowRank(Path directory, DecoderSpec model, Dtype dtype)
            throws IOException {
        try (LoraAdapter lora = PeftDirectory.read(directory, model);
                var _ = new PointerScope()) {
            Adapter converted = Scopes.withoutGradients(() -> lora.in(dtype));
            Map<Integer, Map<Projection, LowRank>> layers = new java.util.HashMap<>();
            for (int layer = 0; layer < model.layers(); layer++) {
                Map<Projection, LowRank> changes = new EnumMap<>(Projection.class);
                for (Projection projection : Projection.of(model)) {
                    converted.change(layer, projection).ifPresent(change -> changes.put(projection, owned(change)));
                }
                layers.put(layer, changes);
            }
            return layers;
        }
    }

    private static LowRank owned(LowRank change) {
        // A copy: in fp32 the converted factors are the trainable ones themselves, which are closed here.
        return new LowRank(
                Scopes.retain(change.a().detach().clone()),
                Scopes.retain(change.b().detach().clone()),
                change.scale());
    }

    /** Where it was read from. */
    public Path directory() {
        return directory;
    }

    /** What computes instead of the base; empty where the base does, with the {@link #adapter}. */
    Optional<Decoder> decoder() {
        return decoder;
    }

    Adapter adapter() {
        return (layer, projection) ->
                Optional.ofNullable(layers.getOrDefault(layer, Map.of()).get(projection));
    }

    /** One more answer uses it; {@link IllegalStateException} where it is gone. */
    synchronized void acquire() {
        if (users == 0) {
            throw new IllegalStateException("the adapter of " + directory + " is detached");
        }
        users++;
    }

    synchronized void release() {
        users--;
        if (users == 0) {
            layers.values()
                    .forEach(changes -> changes.values().forEach(change -> {
                        change.a().close();
                        change.b().close();
                    }));
            decoder.ifPresent(Decoder::close);
        }
    }
}
