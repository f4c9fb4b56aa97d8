package ai.luthier.server.training;

/** Makes counters of tokens for the rows of a model's training files. */
@FunctionalInterface
public interface RowCounters {

    /** A counter for one thread, over the model's own tokenizer and template. */
    RowCounter of(TrainableModel model);
}
