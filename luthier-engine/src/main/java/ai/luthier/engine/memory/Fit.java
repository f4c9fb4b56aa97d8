package ai.luthier.engine.memory;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Whether a run fits into the memory there is, and what would.
 *
 * @param spec of the base
 * @param stored type of its weights in their file
 * @param available bytes for the run
 */
public record Fit(DecoderSpec spec, Dtype stored, long available) {

    /** Rows shorter than this are no advice. */
    private static final int SHORTEST = 32;

    public boolean fits(TrainingShape shape) {
        return needed(shape).total() <= available;
    }

    public MemoryEstimate needed(TrainingShape shape) {
        return TrainingMemory.of(spec, stored, shape);
    }

    /**
     * The refusal of a run that cannot fit; empty where it can.
     *
     * @param name of the base, for the message
     * @param param the parameter that the error names
     * @param others ways out that the caller knows of: other bases, settings
     */
    public Optional<UserError> refusal(String name, String param, TrainingShape shape, List<String> others) {
        MemoryEstimate needed = needed(shape);
        if (needed.total() <= available) {
            return Optional.empty();
        }
        List<String> ways = new ArrayList<>(instead(shape));
        ways.addAll(others);
        return Optional.of(new UserError(
                ErrorCode.INSUFFICIENT_MEMORY,
                param,
                String.format(
                        Locale.ROOT,
                        "Tuning %s on rows of up to %,d tokens, %d in a batch, needs %s of memory (%s); %s are available. %s",
                        name,
                        shape.longest(),
                        shape.batch(),
                        MemoryEstimate.text(needed.total()),
                        needed.explained(),
                        MemoryEstimate.text(available),
                        ways.isEmpty()
                                ? "Nothing smaller of this run would fit either."
                                : "What would fit: " + String.join("; ", ways) + ".")));
    }

    /** Changes of the run, each alone, with which it fits. */
    private List<String> instead(TrainingShape shape) {
        List<String> ways = new ArrayList<>();
        int batch = largest(shape.batch(), shape::withBatch);
        if (batch > 0) {
            ways.add("a batch size of " + batch);
        }
        int longest = largest(shape.longest(), shape::withLongest);
        if (longest >= SHORTEST) {
            ways.add(String.format(Locale.ROOT, "rows of at most %,d tokens", longest));
        }
        if (!shape.recompute() && fits(shape.recomputing())) {
            ways.add("computing activations again, which takes a third more time (worker.recompute)");
        }
        return ways;
    }

    /** The largest number below {@code limit} that fits; 0 for none. */
    private int largest(int limit, IntFunction<TrainingShape> shape) {
        int low = 0;
        int high = limit - 1;
        while (low < high) {
            int middle = low + (high - low + 1) / 2;
            if (fits(shape.apply(middle))) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
