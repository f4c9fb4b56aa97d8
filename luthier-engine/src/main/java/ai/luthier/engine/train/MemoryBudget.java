package ai.luthier.engine.train;

import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;

/**
 * The bytes that a training process may take, and what of them is left for activations.
 *
 * <p>What a run takes in any case: the process, the weights, the adapter with its gradients and moments, and for every lane the inputs
 * of all layers, one layer at work and a piece of the loss. The rest goes to what passes keep for their way back; where that is little,
 * passes become smaller first, since rows lose nothing by being computed apart, and only then activations are computed again.
 *
 * @param bytes of the process; {@link Long#MAX_VALUE} for no limit
 */
record MemoryBudget(long bytes) {

    static final MemoryBudget NONE = new MemoryBudget(Long.MAX_VALUE);

    /** Passes of fewer tokens make products slower. */
    private static final int FEWEST_TOKENS = 512;

    MemoryBudget {
        if (bytes < 1) {
            throw new IllegalArgumentException("a budget of " + bytes + " bytes");
        }
    }

    /**
     * The frozen base and what is trained.
     *
     * @param trained numbers of the adapter
     * @param lanes that compute passes side by side
     */
    record Load(DecoderSpec spec, Dtype dtype, long trained, int lanes) {

        /** Bytes whatever passes do: gradients of every lane and the factors as they compute with them; master copy, both moments. */
        private long standing() {
            long adapter = trained * (3L * Float.BYTES + lanes * (long) (Float.BYTES + dtype.bytes()));
            return RunDefaults.PROCESS_BYTES + spec.parameters() * dtype.bytes() + adapter;
        }

        /** Bytes of a lane's pass besides what it keeps: layers' inputs, one layer there and back, fp32 for norms, logits. */
        private long working(long tokens) {
            long d = spec.width();
            long heads = (long) (spec.heads() + spec.keyValueHeads()) * spec.headWidth();
            long layer = 6 * d + 5 * heads + 7L * spec.feedForward(); // with its tape, made again
            long logits = (long) RunDefaults.LOSS_ROWS * spec.vocabulary() * (dtype.bytes() + 2L * Float.BYTES);
            return dtype.bytes() * tokens * (d * (spec.layers() + 1L) + layer) + 3L * Float.BYTES * tokens * d + logits;
        }

        /** Bytes of everything that a pass could keep, but for attention's weights. */
        private long whole(long tokens) {
            long heads = 2L * (spec.heads() + spec.keyValueHeads()) * spec.headWidth();
            return dtype.bytes() * tokens * spec.layers() * (3L * spec.width() + heads + 4L * spec.feedForward());
        }
    }

    /** What a lane's pass of so many tokens may keep for its way back; 0 where even that is too much. */
    long kept(Load load, long tokens) {
        if (bytes == Long.MAX_VALUE) {
            return bytes;
        }
        double activations = (bytes - load.standing()) / (1 + RunDefaults.FRAGMENTS) / load.lanes();
        return Math.max(0, (long) activations - load.working(tokens));
    }

    /** Tokens of a step's passes together: {@code most}, or as few as it takes to keep everything, down to {@value #FEWEST_TOKENS} a lane. */
    int tokens(Load load, int most) {
        int tokens = most;
        while (tokens / 2 >= FEWEST_TOKENS * load.lanes()
                && kept(load, tokens / load.lanes()) < load.whole(tokens / load.lanes())) {
            tokens /= 2;
        }
        return tokens;
    }
}
