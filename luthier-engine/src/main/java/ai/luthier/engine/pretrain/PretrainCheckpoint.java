package ai.luthier.engine.pretrain;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.checkpoint.SafetensorsFile;
import ai.luthier.engine.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything a pretraining run goes on from, as one safetensors file: weights, optimiser memory, and in its metadata the
 * position and the recipe. It replaces its predecessor in one rename, so that there is always a whole one.
 */
final class PretrainCheckpoint {

    private static final String KEY = "pretraining";

    /**
     * Where a run stands.
     *
     * @param step updates made
     * @param epoch passes over the corpus completed
     * @param row how many rows of the present pass are used up
     * @param tokens read so far, in all
     */
    record Position(long step, int epoch, int row, long tokens) {

        static final Position START = new Position(0, 0, 0, 0);
    }

    private record Stored(Position position, PretrainRecipe recipe) {}

    private final Path file;

    PretrainCheckpoint(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    void write(Position position, PretrainRecipe recipe, Map<String, Tensor> tensors) throws IOException {
        String stored = JsonMapper.shared().writeValueAsString(new Stored(position, recipe));
        SafetensorsWriter.write(file, tensors, Map.of(KEY, stored));
    }

    /**
     * Fills the tensors from the file and returns the position; empty where there is no checkpoint yet.
     * {@code UserError(INVALID_CONFIGURATION)} where it was written under another recipe.
     */
    Optional<Position> read(PretrainRecipe recipe, Map<String, Tensor> tensors) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (var stored = SafetensorsFile.open(file);
                var _ = new PointerScope()) {
            Stored header = JsonMapper.shared().readValue(stored.metadata().get(KEY), Stored.class);
            if (!header.recipe().equals(recipe)) {
                throw new UserError(
                        ErrorCode.INVALID_CONFIGURATION,
                        "recipe",
                        file + " was written under another recipe, " + header.recipe()
                                + ". Go on with that one, or choose another folder.");
            }
            tensors.forEach((name, tensor) -> tensor.copy_(stored.tensor(name)));
            return Optional.of(header.position());
        }
    }
}
