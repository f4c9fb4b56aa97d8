package ai.luthier.server.training;

import java.time.Clock;

/** Makes counters of tokens for the rows of a model's training files. */
@FunctionalInterface
public interface RowCounters {

    /**
     * A counter for one thread, over the model's own tokenizer and template.
     *
     * @param clock what the template sees as now: that of the run, or a date would be counted that is not trained on
     */
    RowCounter of(TrainableModel model, Clock clock);
}
