package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/**
 * What a run tells while it goes on; one JSON object each in the journal, told apart by {@code event}.
 *
 * <p>Steps count from 1. Losses are mean negative log-likelihoods in nats per supervised token, accuracies lie in [0, 1].
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RunEvent.Started.class, name = "started"),
    @JsonSubTypes.Type(value = RunEvent.Resumed.class, name = "resumed"),
    @JsonSubTypes.Type(value = RunEvent.PathChosen.class, name = "path"),
    @JsonSubTypes.Type(value = RunEvent.StepDone.class, name = "step"),
    @JsonSubTypes.Type(value = RunEvent.Snapshot.class, name = "snapshot"),
    @JsonSubTypes.Type(value = RunEvent.Warning.class, name = "warning"),
    @JsonSubTypes.Type(value = RunEvent.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = RunEvent.Finished.class, name = "finished")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface RunEvent {

    /**
     * The data are read and the model is loaded.
     *
     * @param rows        training examples that are trained on
     * @param totalSteps  of the whole run
     * @param epochTokens all tokens of those examples, prompt and answer, once
     */
    record Started(int rows, int totalSteps, long epochTokens) implements RunEvent {}

    /**
     * The run goes on from a checkpoint.
     *
     * @param step  the last step that the checkpoint contains
     * @param exact whether what follows is bit for bit what an undisturbed run would have done
     */
    record Resumed(int step, boolean exact) implements RunEvent {}

    /**
     * Which code computes the gradients of this run.
     *
     * @param path   never {@code AUTO}
     * @param reason why, as the end of a sentence
     */
    record PathChosen(TrainingPath path, String reason) implements RunEvent {

        /** For people. */
        public String sentence() {
            return switch (path) {
                case FAST -> "Training takes the fast path: " + reason;
                case AUTO, REFERENCE -> "Training takes the reference path: " + reason;
            };
        }
    }

    /**
     * One optimiser update is done.
     *
     * @param tokens          all tokens of the step's examples
     * @param supervised      those among them that carry loss
     * @param tokensPerSecond over the last steps
     * @param validLoss       on one batch of the validation file, where it was measured at this step
     * @param fullValidLoss   on the whole validation file, at the end of an epoch
     */
    record StepDone(
            int step,
            int totalSteps,
            double trainLoss,
            double trainAccuracy,
            @Nullable Double validLoss,
            @Nullable Double validAccuracy,
            @Nullable Double fullValidLoss,
            @Nullable Double fullValidAccuracy,
            double gradientNorm,
            double learningRate,
            long tokens,
            long supervised,
            double tokensPerSecond)
            implements RunEvent {}

    /**
     * An epoch is over and its adapter lies in {@code folder}, relative to the run's folder. Only the last three folders
     * stay.
     */
    record Snapshot(int step, int epoch, String folder) implements RunEvent {}

    /** Something a person should know; the run goes on. */
    record Warning(String message) implements RunEvent {}

    /** The run can never succeed as it stands. */
    record Failed(ErrorCode code, String message, @Nullable String param) implements RunEvent {}

    /** The final adapter lies in {@code folder}, relative to the run's folder. */
    record Finished(int totalSteps, long trainedTokens, String folder) implements RunEvent {}
}
