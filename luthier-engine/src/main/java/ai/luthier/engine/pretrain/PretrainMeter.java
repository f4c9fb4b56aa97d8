package ai.luthier.engine.pretrain;

import ai.luthier.engine.pretrain.PretrainCheckpoint.Position;
import java.time.Duration;
import java.util.function.Consumer;

/** Gathers the numbers of steps and tells them at intervals. */
final class PretrainMeter {

    private final long interval;
    private final Consumer<PretrainEvent> events;
    private long since = System.nanoTime();
    private double loss;
    private long learnt;
    private long tokens;
    private double gradientNorm;

    PretrainMeter(Duration interval, Consumer<PretrainEvent> events) {
        this.interval = interval.toNanos();
        this.events = events;
    }

    void add(double lossSum, int learntTokens, int readTokens, double norm) {
        loss += lossSum;
        learnt += learntTokens;
        tokens += readTokens;
        gradientNorm = norm;
    }

    /** @param tokensLeft negative where no end was asked for */
    void tell(Position position, long tokensLeft) {
        long now = System.nanoTime();
        if (now - since < interval) {
            return;
        }
        double perSecond = tokens * 1e9 / (now - since);
        events.accept(new PretrainEvent.Progress(
                position.step(),
                position.epoch(),
                position.tokens(),
                loss / learnt,
                gradientNorm,
                perSecond,
                tokensLeft < 0 ? -1 : tokensLeft / perSecond));
        since = now;
        loss = 0;
        learnt = 0;
        tokens = 0;
    }
}
