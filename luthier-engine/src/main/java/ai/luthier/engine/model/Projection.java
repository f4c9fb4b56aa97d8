package ai.luthier.engine.model;

import java.util.List;

/** The linear projections of a layer. Which of them a decoder has, and under which names, its {@link ModuleNames} say. */
public enum Projection {
    QUERY,
    KEY,
    VALUE,
    /** Q, K and V in one matrix; which rows are whose, {@link ModuleNames#headwise} says. */
    QUERY_KEY_VALUE,
    OUTPUT,
    GATE,
    UP,
    /** Gate above Up in one matrix. */
    GATE_UP,
    DOWN;

    /** Those of a decoder, in the order in which they are computed. */
    public static List<Projection> of(DecoderSpec spec) {
        return spec.names().projections();
    }

    /** {@code model.layers.3.self_attn.q_proj} and so on: the name of the module in the whole model. */
    public String path(DecoderSpec spec, int layer) {
        return spec.names().path(layer, this);
    }

    /** Columns of the weight as it is multiplied. */
    public int inputs(DecoderSpec spec) {
        return switch (this) {
            case QUERY, KEY, VALUE, QUERY_KEY_VALUE, GATE, UP, GATE_UP -> spec.width();
            case OUTPUT -> spec.heads() * spec.headWidth();
            case DOWN -> spec.feedForward();
        };
    }

    /** Rows of the weight as it is multiplied. */
    public int outputs(DecoderSpec spec) {
        return switch (this) {
            case QUERY -> spec.heads() * spec.headWidth();
            case KEY, VALUE -> spec.keyValueHeads() * spec.headWidth();
            case QUERY_KEY_VALUE -> (spec.heads() + 2 * spec.keyValueHeads()) * spec.headWidth();
            case OUTPUT, DOWN -> spec.width();
            case GATE, UP -> spec.feedForward();
            case GATE_UP -> 2 * spec.feedForward();
        };
    }

    boolean biased(DecoderSpec spec) {
        return switch (this) {
            case QUERY, KEY, VALUE, QUERY_KEY_VALUE -> spec.attention().inputBias();
            case OUTPUT -> spec.attention().outputBias();
            case GATE, UP, GATE_UP, DOWN -> spec.gating().bias();
        };
    }
}
