package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.engine.adapter.Trainee;
import ai.luthier.engine.checkpoint.AtomicFile;
import ai.luthier.engine.checkpoint.SafetensorsFile;
import ai.luthier.engine.checkpoint.SafetensorsWriter;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.text.plan.StepPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything a run needs to go on as if nothing had happened: values, both moments of the optimiser, the place in the step
 * plan. There is no random state to keep, since every draw (start of A, order of rows) is a function of the seed and the step.
 *
 * <p>One safetensors file per checkpoint, {@code step-00000050.safetensors}, so that one atomic rename makes it the newest; the
 * one before is deleted afterwards. Killed at any moment, the folder holds a complete checkpoint once it held one.
 */
final class RecoveryCheckpoint {

    private static final String VALUES = "adapter.values";
    private static final String FIRST_MOMENT = "optimizer.first_moment";
    private static final String SECOND_MOMENT = "optimizer.second_moment";
    private static final String STATE = "state";

    private static final JsonMapper JSON = JsonMapper.shared();

    /**
     * The small part.
     *
     * @param position how far, and in which plan
     * @param machine on which the run began
     * @param maxTokens of one forward pass when the run began
     * @param trainedTokens all tokens of the examples of all steps done
     * @param path that the run began with; absent in checkpoints of older versions, which knew only the reference
     */
    record State(StepPlan.Position position, Machine machine, int maxTokens, long trainedTokens, TrainingPath path) {

        State {
            path = Objects.requireNonNullElse(path, TrainingPath.REFERENCE);
        }
    }

    private RecoveryCheckpoint() {}

    /** Writes the checkpoint durably, then deletes older ones. The gate is asked before each change of the folder. */
    static void write(Path folder, Trainee adapter, AdamW optimizer, State state, WriteGate gate) throws IOException {
        gate.check();
        Files.createDirectories(folder);
        Path file = folder.resolve(
                "step-%08d.safetensors".formatted(state.position().stepsDone()));
        SafetensorsWriter.write(
                file,
                Map.of(
                        VALUES, adapter.values(),
                        FIRST_MOMENT, optimizer.firstMoment(),
                        SECOND_MOMENT, optimizer.secondMoment()),
                Map.of(STATE, JSON.writeValueAsString(state)));
        gate.check();
        for (Path other : files(folder)) {
            if (!other.equals(file)) {
                Files.delete(other);
            }
        }
        AtomicFile.forceFolder(folder);
    }

    /** The newest state in the folder; empty where no checkpoint was completed. */
    static Optional<State> state(Path folder) throws IOException {
        Optional<Path> newest = newest(folder);
        if (newest.isEmpty()) {
            return Optional.empty();
        }
        try (SafetensorsFile file = SafetensorsFile.open(newest.get())) {
            return Optional.of(JSON.readValue(file.metadata().get(STATE), State.class));
        }
    }

    /** Puts the newest checkpoint's numbers into adapter and optimiser. */
    static void restore(Path folder, Trainee adapter, AdamW optimizer) throws IOException {
        Path newest = newest(folder).orElseThrow();
        try (SafetensorsFile file = SafetensorsFile.open(newest);
                PointerScope _ = new PointerScope()) {
            if (file.tensor(VALUES).numel() != adapter.parameters()) {
                throw new Internal(
                        ErrorCode.INTERNAL,
                        null,
                        newest + " holds " + file.tensor(VALUES).numel() + " parameters, the run has "
                                + adapter.parameters());
            }
            Scopes.withoutGradients(() -> {
                adapter.values().copy_(file.tensor(VALUES));
                optimizer.firstMoment().copy_(file.tensor(FIRST_MOMENT));
                return optimizer.secondMoment().copy_(file.tensor(SECOND_MOMENT));
            });
            adapter.refresh();
        }
    }

    private static Optional<Path> newest(Path folder) throws IOException {
        return files(folder).stream().max(Comparator.naturalOrder());
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (var paths = Files.list(folder)) {
            return paths.filter(path -> path.getFileName().toString().matches("step-\\d{8}\\.safetensors"))
                    .toList();
        }
    }
}
