package ai.luthier.engine.train.memory;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.train.RunDefaults;
import ai.luthier.engine.train.options.Tuning;
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
     * @param begun whether it goes on from a tuned model, which says what is trained
     * @param others ways out that the caller knows of: other bases, settings
     */
    public Optional<UserError> refusal(
            String name, String param, TrainingShape shape, boolean begun, List<String> others) {
        MemoryEstimate needed = needed(shape);
        if (needed.total() <= available) {
            return Optional.empty();
        }
        List<String> ways = new ArrayList<>(begun ? List.of() : lessTrained(shape));
        ways.addAll(instead(shape));
        ways.addAll(others);
        return Optional.of(new UserError(
                ErrorCode.INSUFFICIENT_MEMORY,
                param,
                String.format(
                        Locale.ROOT,
                        "Tuning %s by %s on %s of up to %,d tokens, %d in a batch, needs %s of memory (%s); %s are available. %s",
                        name,
                        what(shape.way()),
                        shape.rowsOfExample() == 2 ? "pairs of rows" : "rows",
                        shape.longest(),
                        shape.batch(),
                        MemoryEstimate.text(needed.total()),
                        needed.explained(),
                        MemoryEstimate.text(available),
                        ways.isEmpty()
                                ? "Nothing smaller of this run would fit either."
                                : "What would fit: " + String.join("; ", ways) + ".")));
    }

    /** {@code LoRA of rank 16}, {@code the last 3 layers}, {@code all weights}: what a run trains, for people. */
    private String what(TrainingWay way) {
        Tuning tuning = way.tuning();
        return switch (tuning.method()) {
            case LORA -> (tuning.loraPlusRatio() == 1 ? "LoRA" : "LoRA+") + " of rank " + way.rank();
            case RSLORA -> "rsLoRA of rank " + way.rank();
            case LAST_LAYERS -> "training " + lastLayers(tuning.layersOf(spec));
            case FULL -> "training all weights";
        };
    }

    private static String lastLayers(int count) {
        return count == 1 ? "the last layer" : "the last " + count + " layers";
    }

    /** The same run with fewer numbers trained. */
    private List<String> lessTrained(TrainingShape shape) {
        TrainingWay way = shape.way();
        Tuning tuning = way.tuning();
        return switch (tuning.method()) {
            case LORA, RSLORA -> {
                int rank = largest(way.rank(), smaller -> shape.by(way.training(tuning, smaller)));
                yield rank > 0 ? List.of("a rank of " + rank) : List.of();
            }
            case LAST_LAYERS -> fewerLayers(shape, tuning.layersOf(spec));
            case FULL -> fewerLayers(shape, spec.layers());
        };
    }

    /** The most layers at the end, fewer than so many; and LoRA. */
    private List<String> fewerLayers(TrainingShape shape, int limit) {
        TrainingWay way = shape.way();
        List<String> ways = new ArrayList<>();
        int layers = largest(limit, fewer -> shape.by(way.training(Tuning.lastLayers(fewer), way.rank())));
        if (layers > 0) {
            ways.add("training " + lastLayers(layers));
        }
        if (fits(shape.by(way.training(Tuning.LORA, RunDefaults.RANK)))) {
            ways.add("LoRA of rank " + RunDefaults.RANK);
        }
        return ways;
    }

    /** Other changes of the run, each alone, with which it fits. */
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
        if (!shape.way().recompute() && fits(shape.by(shape.way().recomputing()))) {
            ways.add("computing activations again, which takes a third more time (recompute)");
        }
        return ways;
    }

    /** The largest number in {@code [1, limit)} that fits, where smaller ones take less; 0 for none. */
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
