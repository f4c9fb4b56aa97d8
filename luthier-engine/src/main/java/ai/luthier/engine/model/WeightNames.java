package ai.luthier.engine.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** Which weights a decoder consists of, by the names of a Hugging Face checkpoint. */
public final class WeightNames {

    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String FINAL_NORM = "model.norm.weight";
    public static final String HEAD = "lm_head.weight";

    private WeightNames() {}

    /** Every weight in the order of the forward pass, with its shape. A tied head has no entry of its own. */
    public static Map<String, long[]> shapes(DecoderSpec spec) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(EMBEDDING, new long[] {spec.vocabulary(), spec.width()});
        for (int layer = 0; layer < spec.layers(); layer++) {
            shapes.put(attentionNorm(layer), new long[] {spec.width()});
            shapes.put(feedForwardNorm(layer), new long[] {spec.width()});
            for (Projection projection : Projection.values()) {
                int outputs = projection.outputs(spec);
                shapes.put(weight(layer, projection), new long[] {outputs, projection.inputs(spec)});
                if (projection.biased(spec)) {
                    shapes.put(bias(layer, projection), new long[] {outputs});
                }
            }
        }
        shapes.put(FINAL_NORM, new long[] {spec.width()});
        if (!spec.tiedHead()) {
            shapes.put(HEAD, new long[] {spec.vocabulary(), spec.width()});
        }
        return shapes;
    }

    public static String attentionNorm(int layer) {
        return "model.layers." + layer + ".input_layernorm.weight";
    }

    public static String feedForwardNorm(int layer) {
        return "model.layers." + layer + ".post_attention_layernorm.weight";
    }

    static String weight(int layer, Projection projection) {
        return projection.path(layer) + ".weight";
    }

    static String bias(int layer, Projection projection) {
        return projection.path(layer) + ".bias";
    }
}
