package ai.luthier.engine.checkpoint;

import ai.luthier.engine.model.AttentionSpec;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.EndsSpec;
import ai.luthier.engine.model.FeedForwardSpec;
import ai.luthier.engine.model.LayerSpec;
import ai.luthier.engine.model.ModuleNames;
import ai.luthier.engine.model.NormSpec;
import ai.luthier.engine.model.RopeSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The sizes that nearly every family writes under the same keys, and a spec around them. */
record Sizes(int vocabulary, int width, int feedForward, int layers, int heads, int keyValueHeads, int headWidth) {

    /**
     * Reads the keys that most families share.
     *
     * @param headWidth where the file has no {@code head_dim}; 0 for {@code hidden_size / num_attention_heads}
     */
    static Sizes read(ConfigReader config, int headWidth) {
        int width = config.integer("hidden_size");
        int heads = config.integer("num_attention_heads");
        boolean own = config.has("head_dim") || headWidth > 0;
        if (!own && width % heads != 0) {
            config.complain("'hidden_size' " + width + " is not a multiple of 'num_attention_heads' " + heads);
        }
        return new Sizes(
                config.integer("vocab_size"),
                width,
                config.integer("intermediate_size"),
                config.layers("num_hidden_layers"),
                heads,
                config.integer("num_key_value_heads", heads),
                config.integer("head_dim", headWidth > 0 ? headWidth : Math.max(1, width / heads)));
    }

    /** All layers alike, their scores scaled by {@code 1/√h}. */
    List<LayerSpec> everyLayer(RopeSpec rope, int window) {
        return Collections.nCopies(layers, new LayerSpec(rope, window, 1 / Math.sqrt(headWidth)));
    }

    /** Layers with a rope and a window each, their scores scaled by {@code 1/√h}. */
    List<LayerSpec> layers(IntFunction<@Nullable RopeSpec> rope, IntUnaryOperator window) {
        return layers(rope, window, 1 / Math.sqrt(headWidth));
    }

    /** The same with another scale. */
    List<LayerSpec> layers(IntFunction<@Nullable RopeSpec> rope, IntUnaryOperator window, double queryScale) {
        List<LayerSpec> specs = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            specs.add(new LayerSpec(rope.apply(layer), window.applyAsInt(layer), queryScale));
        }
        return specs;
    }

    /** A decoder without parallel blocks. */
    DecoderSpec decoder(
            int context,
            List<LayerSpec> eachLayer,
            NormSpec norm,
            AttentionSpec attention,
            FeedForwardSpec gating,
            EndsSpec ends,
            ModuleNames names) {
        return decoder(context, eachLayer, norm, attention, gating, ends, false, names);
    }

    DecoderSpec decoder(
            int context,
            List<LayerSpec> eachLayer,
            NormSpec norm,
            AttentionSpec attention,
            FeedForwardSpec gating,
            EndsSpec ends,
            boolean parallelResidual,
            ModuleNames names) {
        return new DecoderSpec(
                vocabulary,
                width,
                feedForward,
                heads,
                keyValueHeads,
                headWidth,
                context,
                eachLayer,
                norm,
                attention,
                gating,
                ends,
                parallelResidual,
                names);
    }
}
