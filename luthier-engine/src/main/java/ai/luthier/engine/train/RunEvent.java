package ai.luthier.engine.train;

import ai.luthier.api.ErrorCode;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
    @JsonSubTypes.Type(value = RunEvent.ReferenceScored.class, name = "reference"),
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
     * Before preference training: what the model says of the pairs as it is.
     *
     * @param pairs scored and kept so far
     * @param total of the training and the validation file
     */
    record ReferenceScored(int pairs, int total) implements RunEvent {

        /** For people. */
        public String sentence() {
            return "Computing the reference log-probabilities of " + total + " preference pairs (" + pairs + " done)";
        }
    }

    /**
     * One optimiser update is done.
     *
     * @param more what else the objective measured, by name, of the step's rows; names of validation begin with {@code valid_}
     *     and {@code full_valid_}
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
            double tokensPerSecond,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> more)
            implements RunEvent {

        /** What a step did, beside what its objective says. */
        record Update(double gradientNorm, double learningRate, long tokens, double tokensPerSecond) {}

        public StepDone {
            more = more == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(more));
        }

        /** @param some of a few validation rows, {@code full} of all of them */
        static StepDone of(
                int step,
                int totalSteps,
                Measured loss,
                Optional<Measured> some,
                Optional<Measured> full,
                Update update) {
            Map<String, Double> more = new LinkedHashMap<>(loss.more());
            some.ifPresent(measured -> measured.more().forEach((name, value) -> more.put("valid_" + name, value)));
            full.ifPresent(measured -> measured.more().forEach((name, value) -> more.put("full_valid_" + name, value)));
            return new StepDone(
                    step,
                    totalSteps,
                    loss.loss(),
                    loss.accuracy(),
                    some.map(Measured::loss).orElse(null),
                    some.map(Measured::accuracy).orElse(null),
                    full.map(Measured::loss).orElse(null),
                    full.map(Measured::accuracy).orElse(null),
                    update.gradientNorm(),
                    update.learningRate(),
                    update.tokens(),
                    loss.supervised(),
                    update.tokensPerSecond(),
                    more);
        }
    }

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
