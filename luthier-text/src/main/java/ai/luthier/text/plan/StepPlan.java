package ai.luthier.text.plan;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.Internal;
import ai.luthier.api.UserError;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows of every optimiser step of a run.
 *
 * <p>Each epoch is a permutation of all rows, cut into steps of {@code batchSize}; the last step of an epoch may be
 * smaller, and no step spans two epochs. The permutation of epoch {@code e} is a Fisher–Yates shuffle of
 * {@code 0 … rows-1} from the top down, drawn from SplitMix64 seeded by {@code seed} and {@code e} alone. The order is
 * therefore the same on every machine and in every later version (a test pins it), any step can be asked for without
 * the ones before it, and a resumed run needs nothing but its {@link Position}.
 *
 * <p>Holds the permutation of one epoch at a time: 4 bytes a row. Not safe for several threads.
 */
public final class StepPlan {

    private final int rows;
    private final int batchSize;
    private final int epochs;
    private final long seed;
    private final int stepsPerEpoch;
    private final int steps;

    private int shuffledEpoch = -1;
    private int @Nullable [] order;

    /**
     * @param rows of the training file, at least 1
     * @param batchSize rows of a step, at least 1
     * @param epochs at least 1
     * @param seed any value
     */
    public StepPlan(int rows, int batchSize, int epochs, long seed) {
        if (rows < 1 || batchSize < 1 || epochs < 1) {
            throw new IllegalArgumentException(
                    "rows " + rows + ", batchSize " + batchSize + " and epochs " + epochs + " must all be at least 1");
        }
        long perEpoch = ((long) rows + batchSize - 1) / batchSize;
        if (perEpoch * epochs > Integer.MAX_VALUE) {
            throw new UserError(
                    ErrorCode.INVALID_VALUE,
                    "n_epochs",
                    rows + " rows for " + epochs + " epochs with batch size " + batchSize + " are " + perEpoch * epochs
                            + " steps; at most " + Integer.MAX_VALUE
                            + " are possible. Use fewer epochs or a larger batch.");
        }
        this.rows = rows;
        this.batchSize = batchSize;
        this.epochs = epochs;
        this.seed = seed;
        this.stepsPerEpoch = (int) perEpoch;
        this.steps = (int) (perEpoch * epochs);
    }

    /** Steps of the whole run. */
    public int steps() {
        return steps;
    }

    /** Steps of one epoch. */
    public int stepsPerEpoch() {
        return stepsPerEpoch;
    }

    /** Rows of the training file. */
    public int rows() {
        return rows;
    }

    /** Rows of every step but perhaps the last of an epoch. */
    public int batchSize() {
        return batchSize;
    }

    /** Epochs of the run. */
    public int epochs() {
        return epochs;
    }

    /** The rows of a step, as indices in {@code [0, rows)}, in the order in which they lie side by side. */
    public int[] rows(int step) {
        int epoch = epochOf(step);
        int from = (step % stepsPerEpoch) * batchSize;
        int to = (int) Math.min((long) from + batchSize, rows);
        return Arrays.copyOfRange(order(epoch), from, to);
    }

    /** The epoch, from 0, in which a step, from 0, lies. */
    public int epochOf(int step) {
        if (step < 0 || step >= steps) {
            throw new IndexOutOfBoundsException("step " + step + " of a plan of " + steps + " steps");
        }
        return step / stepsPerEpoch;
    }

    /** Whether an epoch is complete once this step, from 0, is done. */
    public boolean endsEpoch(int step) {
        epochOf(step);
        return (step + 1) % stepsPerEpoch == 0;
    }

    /** What a checkpoint stores after {@code stepsDone} steps, in {@code [0, steps()]}. */
    public Position position(int stepsDone) {
        return new Position(rows, batchSize, epochs, seed, stepsDone);
    }

    /**
     * The step, from 0, with which a run goes on from a stored position; {@link #steps()} where it was already done.
     *
     * @throws Internal if the position belongs to another plan, because going on would train rows twice or not at all
     */
    public int resume(Position position) {
        if (!position.equals(position(position.stepsDone())) || position.stepsDone() > steps) {
            throw new Internal(
                    ErrorCode.INTERNAL,
                    null,
                    "The checkpoint's " + position + " is not one of this run's " + position(0));
        }
        return position.stepsDone();
    }

    private int[] order(int epoch) {
        int[] known = order;
        if (known != null && shuffledEpoch == epoch) {
            return known;
        }
        int[] shuffled = known == null ? new int[rows] : known;
        Arrays.setAll(shuffled, i -> i);
        StepGenerator generator = StepGenerator.ofEpoch(seed, epoch);
        for (int last = rows - 1; last > 0; last--) {
            int chosen = generator.below(last + 1);
            int swapped = shuffled[chosen];
            shuffled[chosen] = shuffled[last];
            shuffled[last] = swapped;
        }
        order = shuffled;
        shuffledEpoch = epoch;
        return shuffled;
    }

    /**
     * A place in a plan together with the plan it belongs to, so that a checkpoint cannot be continued with other data
     * or settings unnoticed. Plain numbers: write it with any serialiser.
     *
     * @param stepsDone complete optimiser steps, at least 0
     */
    public record Position(int rows, int batchSize, int epochs, long seed, int stepsDone) {

        public Position {
            if (stepsDone < 0) {
                throw new IllegalArgumentException("stepsDone is " + stepsDone);
            }
        }
    }
}
