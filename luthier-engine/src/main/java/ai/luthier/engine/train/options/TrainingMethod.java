package ai.luthier.engine.train.options;

import java.util.Locale;

/** Which numbers of a model a run changes. {@code docs/methods.md} has the table of what each can do. */
public enum TrainingMethod {
    /** Low-rank factors beside frozen weights, {@code W + (alpha / r)·B·A}. */
    LORA,
    /** The same with {@code alpha / √r}, so that a higher rank does not learn more slowly. */
    RSLORA,
    /** The weights of the last layers and the final norm; embedding and head stay as they are. */
    LAST_LAYERS,
    /** Every weight. */
    FULL;

    /** Whether it trains low-rank factors, and leaves the weights alone. */
    public boolean lowRank() {
        return switch (this) {
            case LORA, RSLORA -> true;
            case LAST_LAYERS, FULL -> false;
        };
    }

    /** {@code lora} and so on: the spelling of requests and flags. */
    public String option() {
        return name().toLowerCase(Locale.ROOT);
    }
}
