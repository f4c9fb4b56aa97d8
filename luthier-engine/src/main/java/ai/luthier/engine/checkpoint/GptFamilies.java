package ai.luthier.engine.checkpoint;

import ai.luthier.engine.model.AttentionSpec;
import ai.luthier.engine.model.AttentionSpec.QueryKeyNorm;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.EndsSpec;
import ai.luthier.engine.model.FeedForwardSpec;
import ai.luthier.engine.model.LayerSpec;
import ai.luthier.engine.model.ModuleNames;
import ai.luthier.engine.model.NormSpec;
import ai.luthier.engine.model.NormSpec.Placement;
import java.util.ArrayList;
import java.util.List;

/** GPT-2 and GPT-NeoX: layer norms, biases, one projection for queries, keys and values, no gate. */
final class GptFamilies {

    private GptFamilies() {}

    /** Learned positions; projections stored as {@code [in, out]}. */
    static DecoderSpec gpt2(ConfigReader config) {
        config.ignore(Family.INERT);
        config.ignore("n_ctx", "attn_pdrop", "embd_pdrop", "resid_pdrop", "reorder_and_upcast_attn");
        config.ignore("summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels");
        config.ignore("summary_first_dropout");
        config.only("add_cross_attention", "false");
        int width = config.integer("n_embd", 768);
        int heads = config.integer("n_head", 12);
        if (width % heads != 0) {
            config.complain("'n_embd' " + width + " is not a multiple of 'n_head' " + heads);
        }
        Sizes sizes = new Sizes(
                config.integer("vocab_size", 50_257),
                width,
                config.integer("n_inner", 4 * width),
                config.layers("n_layer", 12),
                heads,
                heads,
                Math.max(1, width / heads));
        boolean tied = config.flag("tie_word_embeddings", true);
        return sizes.decoder(
                config.integer("n_positions", 1024),
                gpt2Layers(config, sizes),
                layerNorms(config.number("layer_norm_epsilon", 1e-5)),
                new AttentionSpec(true, true, QueryKeyNorm.NONE, 0),
                new FeedForwardSpec(false, config.activation("activation_function", "gelu_new"), true),
                new EndsSpec(tied, true, 1, 0),
                ModuleNames.GPT2);
    }

    private static List<LayerSpec> gpt2Layers(ConfigReader config, Sizes sizes) {
        double scale = config.flag("scale_attn_weights", true) ? 1 / Math.sqrt(sizes.headWidth()) : 1;
        boolean falling = config.flag("scale_attn_by_inverse_layer_idx", false);
        List<LayerSpec> layers = new ArrayList<>();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            layers.add(new LayerSpec(null, 0, falling ? scale / (layer + 1) : scale));
        }
        return layers;
    }

    /** Pythia and GPT-NeoX: heads that are turned in part, both blocks of a layer on its input. */
    static DecoderSpec gptNeox(ConfigReader config) {
        config.ignore(Family.INERT);
        config.ignore("hidden_dropout", "classifier_dropout", "is_decoder");
        Sizes sizes = Sizes.read(config, 0);
        RopeReader.Result rope = RopeReader.gptNeox(config, sizes.headWidth());
        boolean bias = config.flag("attention_bias", true);
        return sizes.decoder(
                rope.context(config.integer("max_position_embeddings", 2048)),
                sizes.everyLayer(rope.spec(), 0),
                layerNorms(config.number("layer_norm_eps", 1e-5)),
                new AttentionSpec(bias, bias, QueryKeyNorm.NONE, 0),
                new FeedForwardSpec(false, config.activation("hidden_act", "gelu"), true),
                EndsSpec.plain(config.flag("tie_word_embeddings", false)),
                config.flag("use_parallel_residual", true),
                ModuleNames.GPT_NEOX);
    }

    private static NormSpec layerNorms(double epsilon) {
        return new NormSpec(NormSpec.Kind.LAYER, epsilon, false, false, Placement.BEFORE);
    }
}
