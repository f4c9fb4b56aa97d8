package ai.luthier.engine.adapter;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.SafetensorsFile;
import ai.luthier.engine.checkpoint.SafetensorsWriter;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.WeightNames;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A tuned model that differs from its base in whole weights: {@value #WEIGHTS} holds those, and nothing else. It stays mapped, so that
 * serving it costs what the changed weights take in the page cache. Beside it lie the same files as beside an adapter.
 *
 * <p>Not thread-safe to close.
 */
public final class ChangedWeights implements AutoCloseable {

    static final String WEIGHTS = "changed_weights.safetensors";

    private final SafetensorsFile file;

    private ChangedWeights(SafetensorsFile file) {
        this.file = file;
    }

    /** Whether this directory holds whole weights instead of an adapter. */
    public static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(WEIGHTS));
    }

    static void write(Path target, Map<String, Tensor> weights, PeftDirectory.Base base) throws IOException {
        PeftDirectory.publish(
                target,
                base,
                folder -> SafetensorsWriter.write(folder.resolve(WEIGHTS), weights, Map.of("format", "pt")));
    }

    /** Opens the weights; {@code UserError(INVALID_MODEL)} where they are none of this model's. */
    public static ChangedWeights open(Path directory, DecoderSpec model) throws IOException {
        Path path = directory.resolve(WEIGHTS);
        SafetensorsFile file = SafetensorsFile.open(path);
        try (PointerScope _ = new PointerScope()) {
            Map<String, long[]> shapes = WeightNames.shapes(model);
            Set<String> odd = new TreeSet<>();
            for (String name : file.names()) {
                long[] shape = shapes.get(name);
                if (shape == null || !Arrays.equals(shape, Tensors.shape(file.tensor(name)))) {
                    odd.add(name);
                }
            }
            if (!odd.isEmpty() || file.names().isEmpty()) {
                throw new UserError(
                        ErrorCode.INVALID_MODEL,
                        null,
                        path + " does not fit the base model: unknown or of another shape are " + odd + ".");
            }
            return new ChangedWeights(file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** What is changed. */
    public Set<String> names() {
        return file.names();
    }

    /** A changed weight as the file holds it; belongs to the caller's scope. */
    public Tensor weight(String name) {
        return file.tensor(name);
    }

    /**
     * The base's weights with the changed ones in their places, all in the type of the base; closing it closes this too. The base's
     * stay their owner's and have to outlive it.
     */
    public DecoderWeights over(DecoderWeights base) {
        Dtype dtype = base.dtype();
        try (PointerScope _ = new PointerScope()) {
            Map<String, Tensor> changed = new LinkedHashMap<>();
            names().forEach(name -> changed.put(name, weight(name).to(dtype.scalarType())));
            return base.with(changed, this::close);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
