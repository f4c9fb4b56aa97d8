package ai.luthier.engine.pretrain;

import java.nio.file.Path;

/** What a pretraining run tells while it goes. Losses are in nats per learnt token. */
public sealed interface PretrainEvent {

    /**
     * Some steps are done.
     *
     * @param loss mean over the steps since the last one told of
     * @param secondsLeft until the tokens asked for are read; negative where no end was asked for
     */
    record Progress(
            long step,
            int epoch,
            long tokens,
            double loss,
            double gradientNorm,
            double tokensPerSecond,
            double secondsLeft)
            implements PretrainEvent {}

    /**
     * The corpus was shaped and encoded.
     *
     * @param duplicates near duplicates that were dropped
     */
    record Prepared(int trainingRows, long trainingTokens, int validationRows, int duplicates)
            implements PretrainEvent {}

    /** The held-out rows were measured. */
    record Validated(long step, long tokens, double loss, double bitsPerByte) implements PretrainEvent {}

    /** The run can go on from here after this moment. */
    record Saved(long step, Path checkpoint) implements PretrainEvent {}
}
