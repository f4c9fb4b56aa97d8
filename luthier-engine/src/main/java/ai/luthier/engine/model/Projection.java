package ai.luthier.engine.model;

/** The seven linear projections of a layer, under the names that Hugging Face and peft give them. */
public enum Projection {
    QUERY("self_attn", "q_proj"),
    KEY("self_attn", "k_proj"),
    VALUE("self_attn", "v_proj"),
    OUTPUT("self_attn", "o_proj"),
    GATE("mlp", "gate_proj"),
    UP("mlp", "up_proj"),
    DOWN("mlp", "down_proj");

    private final String block;
    private final String module;

    Projection(String block, String module) {
        this.block = block;
        this.module = module;
    }

    /** {@code q_proj} and so on: the spelling of peft's {@code target_modules}. */
    public String module() {
        return module;
    }

    /** {@code model.layers.3.self_attn.q_proj} and so on: the name of the module in the whole model. */
    public String path(int layer) {
        return "model.layers." + layer + "." + block + "." + module;
    }

    /** Columns of the weight. */
    public int inputs(DecoderSpec spec) {
        return switch (this) {
            case QUERY, KEY, VALUE, GATE, UP -> spec.width();
            case OUTPUT -> spec.heads() * spec.headWidth();
            case DOWN -> spec.feedForward();
        };
    }

    /** Rows of the weight. */
    public int outputs(DecoderSpec spec) {
        return switch (this) {
            case QUERY -> spec.heads() * spec.headWidth();
            case KEY, VALUE -> spec.keyValueHeads() * spec.headWidth();
            case OUTPUT, DOWN -> spec.width();
            case GATE, UP -> spec.feedForward();
        };
    }

    boolean biased(DecoderSpec spec) {
        return switch (this) {
            case QUERY, KEY, VALUE, OUTPUT -> spec.attentionBias();
            case GATE, UP, DOWN -> spec.feedForwardBias();
        };
    }
}
