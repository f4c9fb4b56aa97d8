package ai.luthier.engine.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** Which weights a decoder consists of, by the names and in the shapes of a Hugging Face checkpoint. */
public final class WeightNames {

    private WeightNames() {}

    /** Every weight in the order of the forward pass, with its shape. A tied head has no entry of its own. */
    public static Map<String, long[]> shapes(DecoderSpec spec) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        ModuleNames names = spec.names();
        shapes.put(embedding(spec), new long[] {spec.vocabulary(), spec.width()});
        if (spec.ends().learnedPositions()) {
            shapes.put(positions(spec), new long[] {spec.context(), spec.width()});
        }
        for (int layer = 0; layer < spec.layers(); layer++) {
            for (ModuleNames.Pair pair : new ModuleNames.Pair[] {names.attentionNorms(), names.feedForwardNorms()}) {
                putNorm(shapes, spec, layer, pair.before());
                putNorm(shapes, spec, layer, pair.after());
            }
            putQueryKeyNorms(shapes, spec, layer);
            for (Projection projection : names.projections()) {
                putProjection(shapes, spec, layer, projection);
            }
        }
        putNorm(shapes, spec, names.finalNorm(), spec.width());
        if (!spec.ends().tiedHead()) {
            shapes.put(head(spec), new long[] {spec.vocabulary(), spec.width()});
        }
        return shapes;
    }

    private static void putProjection(Map<String, long[]> shapes, DecoderSpec spec, int layer, Projection projection) {
        int in = projection.inputs(spec);
        int out = projection.outputs(spec);
        boolean transposed = spec.names().transposed();
        shapes.put(weight(spec, layer, projection), transposed ? new long[] {in, out} : new long[] {out, in});
        if (projection.biased(spec)) {
            shapes.put(bias(spec, layer, projection), new long[] {out});
        }
    }

    private static void putQueryKeyNorms(Map<String, long[]> shapes, DecoderSpec spec, int layer) {
        int query = spec.heads() * spec.headWidth();
        int key = spec.keyValueHeads() * spec.headWidth();
        ModuleNames names = spec.names();
        switch (spec.attention().queryKeyNorm()) {
            case NONE -> {}
            case HEAD -> {
                putNorm(shapes, spec, names.inLayer(layer, names.queryNorm()), spec.headWidth());
                putNorm(shapes, spec, names.inLayer(layer, names.keyNorm()), spec.headWidth());
            }
            case TOKEN -> {
                putNorm(shapes, spec, names.inLayer(layer, names.queryNorm()), query);
                putNorm(shapes, spec, names.inLayer(layer, names.keyNorm()), key);
            }
        }
    }

    private static void putNorm(Map<String, long[]> shapes, DecoderSpec spec, int layer, String name) {
        if (!name.isEmpty()) {
            putNorm(shapes, spec, spec.names().inLayer(layer, name), spec.width());
        }
    }

    private static void putNorm(Map<String, long[]> shapes, DecoderSpec spec, String path, int width) {
        shapes.put(path + ".weight", new long[] {width});
        if (spec.norm().kind() == NormSpec.Kind.LAYER) {
            shapes.put(path + ".bias", new long[] {width});
        }
    }

    /** The layer that a weight belongs to; -1 for those outside of the layers. */
    public static int layer(DecoderSpec spec, String name) {
        String layers = spec.names().layers();
        if (!name.startsWith(layers)) {
            return -1;
        }
        return Integer.parseInt(name.substring(layers.length(), name.indexOf('.', layers.length())));
    }

    /** Whether this is the weight or the bias of the norm after the last layer. */
    public static boolean isFinalNorm(DecoderSpec spec, String name) {
        return name.startsWith(spec.names().finalNorm() + ".");
    }

    /** The first layer whose result depends on this weight: 0 for an embedding, the number of layers for final norm and head. */
    public static int lowestUse(DecoderSpec spec, String name) {
        boolean first = name.equals(embedding(spec)) || name.equals(positions(spec));
        int layer = layer(spec, name);
        return first ? 0 : layer >= 0 ? layer : spec.layers();
    }

    /** The embedding of the tokens, {@code [V, d]}. */
    public static String embedding(DecoderSpec spec) {
        return spec.names().embedding() + ".weight";
    }

    /** The embedding of the positions, {@code [context, d]}. */
    static String positions(DecoderSpec spec) {
        return spec.names().positions() + ".weight";
    }

    /** The output head, {@code [V, d]}; a file may repeat the embedding under this name where the two are tied. */
    public static String head(DecoderSpec spec) {
        return spec.names().head() + ".weight";
    }

    /** The weight of the norm before attention, {@code [d]}, where there is one. */
    public static String attentionNorm(DecoderSpec spec, int layer) {
        return spec.names().inLayer(layer, spec.names().attentionNorms().before()) + ".weight";
    }

    /** The weight of the norm before the feed-forward block, {@code [d]}, where there is one. */
    public static String feedForwardNorm(DecoderSpec spec, int layer) {
        return spec.names().inLayer(layer, spec.names().feedForwardNorms().before()) + ".weight";
    }

    /** The weight of the norm after the last layer, {@code [d]}. */
    public static String finalNorm(DecoderSpec spec) {
        return spec.names().finalNorm() + ".weight";
    }

    static String weight(DecoderSpec spec, int layer, Projection projection) {
        return projection.path(spec, layer) + ".weight";
    }

    static String bias(DecoderSpec spec, int layer, Projection projection) {
        return projection.path(spec, layer) + ".bias";
    }
}
