package ai.luthier.engine.model;

import org.bytedeco.pytorch.Tensor;

/** The second block of a layer, with or without a gate. */
sealed interface FeedForward {

    /** {@code [T, d]} to {@code [T, d]}. */
    Tensor apply(Tensor n, Adapter adapter);

    static FeedForward of(DecoderWeights weights, int layer) {
        FeedForwardSpec spec = weights.spec().gating();
        Linear down = Linear.of(weights, layer, Projection.DOWN);
        if (!spec.gated()) {
            return new Plain(Linear.of(weights, layer, Projection.UP), down, spec.activation());
        }
        if (weights.spec().names().projections().contains(Projection.GATE_UP)) {
            return new FusedGate(Linear.of(weights, layer, Projection.GATE_UP), down, spec.activation());
        }
        Linear gate = Linear.of(weights, layer, Projection.GATE);
        return new Gated(gate, Linear.of(weights, layer, Projection.UP), down, spec.activation());
    }

    /** {@code Down · (act(Gate·n) ⊙ Up·n)}. */
    record Gated(Linear gate, Linear up, Linear down, Activation activation) implements FeedForward {

        @Override
        public Tensor apply(Tensor n, Adapter adapter) {
            Tensor gated = activation.apply(gate.apply(n, adapter)); // [T, f]
            return down.apply(gated.mul(up.apply(n, adapter)), adapter); // [T, d]
        }
    }

    /** The same with Gate above Up in one matrix. */
    record FusedGate(Linear gateUp, Linear down, Activation activation) implements FeedForward {

        @Override
        public Tensor apply(Tensor n, Adapter adapter) {
            Tensor both = gateUp.apply(n, adapter); // [T, 2f]
            long f = both.size(1) / 2;
            Tensor gated = activation.apply(both.narrow(1, 0, f)); // [T, f]
            return down.apply(gated.mul(both.narrow(1, f, f)), adapter); // [T, d]
        }
    }

    /** {@code Down · act(Up·n)}. */
    record Plain(Linear up, Linear down, Activation activation) implements FeedForward {

        @Override
        public Tensor apply(Tensor n, Adapter adapter) {
            return down.apply(activation.apply(up.apply(n, adapter)), adapter); // [T, d]
        }
    }
}
