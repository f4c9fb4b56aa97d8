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
import ai.luthier.engine.model.RopeSpec;
import java.util.List;

/**
 * Gemma 2 and 3: a scaled embedding, norms on both sides of each block with weights stored as their difference from one,
 * scores scaled by a number of their own, windows in most layers.
 */
final class GemmaFamilies {

    private GemmaFamilies() {}

    /** Every second layer has a window; scores and logits are capped. */
    static DecoderSpec gemma2(ConfigReader config) {
        ignore(config);
        Sizes sizes = Sizes.read(config, 256);
        RopeReader.Result rope = RopeReader.read(config, sizes.headWidth(), 10_000);
        List<Boolean> sliding = config.slidingLayers(sizes.layers(), layer -> layer % 2 == 0);
        int window = config.window(4096);
        config.requireWindow(window, sliding);
        double cap = config.cap("attn_logit_softcapping", 50);
        return decoder(
                config,
                sizes,
                rope.context(config.integer("max_position_embeddings", 8192)),
                sizes.layers(layer -> rope.spec(), layer -> sliding.get(layer) ? window : 0, scale(config)),
                QueryKeyNorm.NONE,
                cap,
                config.cap("final_logit_softcapping", 30));
    }

    /** Five of six layers have a window and a rope of their own base; queries and keys are normed. */
    static DecoderSpec gemma3(ConfigReader config) {
        ignore(config);
        // transformers reads this key and caps nothing by it, so that no model was ever made with it.
        config.ignore("attn_logit_softcapping");
        config.ignore("_sliding_window_pattern"); // a note beside layer_types, which transformers does not read either
        Sizes sizes = Sizes.read(config, 256);
        RopeReader.Result global = RopeReader.gemma3(config, sizes.headWidth(), true);
        RopeSpec local = RopeReader.gemma3(config, sizes.headWidth(), false).spec();
        int pattern = config.integer("sliding_window_pattern", 6);
        List<Boolean> sliding = config.slidingLayers(sizes.layers(), layer -> (layer + 1) % pattern != 0);
        int window = config.window(4096);
        config.requireWindow(window, sliding);
        return decoder(
                config,
                sizes,
                config.integer("max_position_embeddings", 131_072),
                sizes.layers(
                        layer -> sliding.get(layer) ? local : global.spec(),
                        layer -> sliding.get(layer) ? window : 0,
                        scale(config)),
                QueryKeyNorm.HEAD,
                0,
                config.cap("final_logit_softcapping", 0));
    }

    private static void ignore(ConfigReader config) {
        config.ignore(Family.INERT);
        config.ignore("hidden_act"); // an old spelling that transformers does not read either
        config.ignore("sliding_window_size");
        config.only("use_bidirectional_attention", "false");
    }

    private static double scale(ConfigReader config) {
        return 1 / Math.sqrt(config.number("query_pre_attn_scalar", 256));
    }

    private static DecoderSpec decoder(
            ConfigReader config,
            Sizes sizes,
            int context,
            List<LayerSpec> layers,
            QueryKeyNorm queryKeyNorm,
            double scoreCap,
            double logitCap) {
        boolean bias = config.flag("attention_bias", false);
        double epsilon = config.number("rms_norm_eps", 1e-6);
        boolean tied = config.flag("tie_word_embeddings", true);
        return sizes.decoder(
                context,
                layers,
                new NormSpec(NormSpec.Kind.RMS, epsilon, true, true, Placement.AROUND),
                new AttentionSpec(bias, bias, queryKeyNorm, scoreCap),
                new FeedForwardSpec(true, config.activation("hidden_activation", "gelu_pytorch_tanh"), false),
                new EndsSpec(tied, false, Math.sqrt(sizes.width()), logitCap),
                ModuleNames.GEMMA);
    }
}
