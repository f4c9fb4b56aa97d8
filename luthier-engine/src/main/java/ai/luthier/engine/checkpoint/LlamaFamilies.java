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

/** The families that grew out of Llama: root-mean-square norms, rotary positions, a gated feed-forward block. */
final class LlamaFamilies {

    private LlamaFamilies() {}

    /** Llama 2, 3, 3.1, 3.2, SmolLM2 and whatever else says that it is a Llama. */
    static DecoderSpec llama(ConfigReader config) {
        config.ignore(Family.INERT);
        config.ignore("pretraining_tp"); // splits products among devices; their sum is the same
        config.only("rope_interleaved", "false");
        Sizes sizes = Sizes.read(config, 0);
        boolean bias = config.flag("attention_bias", false);
        RopeReader.Result rope = RopeReader.read(config, sizes.headWidth(), 10_000);
        return sizes.decoder(
                rope.context(config.integer("max_position_embeddings", 2048)),
                sizes.everyLayer(rope.spec(), 0),
                NormSpec.rms(config.number("rms_norm_eps", 1e-6)),
                new AttentionSpec(bias, bias, QueryKeyNorm.NONE, 0),
                swiGlu(config, config.flag("mlp_bias", false)),
                EndsSpec.plain(config.flag("tie_word_embeddings", false)),
                ModuleNames.LLAMA);
    }

    /** Mistral: a Llama whose every layer may have a window. */
    static DecoderSpec mistral(ConfigReader config) {
        config.ignore(Family.INERT);
        Sizes sizes = Sizes.read(config, 0);
        RopeReader.Result rope = RopeReader.read(config, sizes.headWidth(), 10_000);
        int window = config.window(4096);
        return sizes.decoder(
                rope.context(config.integer("max_position_embeddings", 131_072)),
                sizes.everyLayer(rope.spec(), window),
                NormSpec.rms(config.number("rms_norm_eps", 1e-6)),
                AttentionSpec.PLAIN,
                swiGlu(config, false),
                EndsSpec.plain(config.flag("tie_word_embeddings", false)),
                ModuleNames.LLAMA);
    }

    /** Qwen2 and Qwen2.5: biases of Q, K and V; later layers may have windows. */
    static DecoderSpec qwen2(ConfigReader config) {
        config.ignore(Family.INERT);
        config.only("use_mrope", "false");
        Sizes sizes = Sizes.read(config, 0);
        RopeReader.Result rope = RopeReader.read(config, sizes.headWidth(), 10_000);
        return sizes.decoder(
                rope.context(config.integer("max_position_embeddings", 32_768)),
                qwenLayers(config, sizes, rope.spec()),
                NormSpec.rms(config.number("rms_norm_eps", 1e-6)),
                new AttentionSpec(true, false, QueryKeyNorm.NONE, 0),
                swiGlu(config, false),
                EndsSpec.plain(config.flag("tie_word_embeddings", false)),
                ModuleNames.LLAMA);
    }

    /** Qwen3: no biases, but each head's queries and keys are normed, and heads have a width of their own. */
    static DecoderSpec qwen3(ConfigReader config) {
        config.ignore(Family.INERT);
        Sizes sizes = Sizes.read(config, 128);
        boolean bias = config.flag("attention_bias", false);
        RopeReader.Result rope = RopeReader.read(config, sizes.headWidth(), 10_000);
        return sizes.decoder(
                rope.context(config.integer("max_position_embeddings", 32_768)),
                qwenLayers(config, sizes, rope.spec()),
                NormSpec.rms(config.number("rms_norm_eps", 1e-6)),
                new AttentionSpec(bias, bias, QueryKeyNorm.HEAD, 0),
                swiGlu(config, false),
                EndsSpec.plain(config.flag("tie_word_embeddings", false)),
                ModuleNames.LLAMA);
    }

    private static List<LayerSpec> qwenLayers(ConfigReader config, Sizes sizes, RopeSpec rope) {
        int window = config.window(4096);
        boolean windows = config.flag("use_sliding_window", false) && window > 0;
        int first = config.integerFromZero("max_window_layers", 28);
        List<Boolean> sliding = config.slidingLayers(sizes.layers(), layer -> windows && layer >= first);
        if (!windows && sliding.contains(true)) {
            config.complain(
                    "'layer_types' has sliding_attention, but 'use_sliding_window' or 'sliding_window' says that there"
                            + " is no window");
        }
        return sizes.layers(layer -> rope, layer -> sliding.get(layer) ? window : 0);
    }

    /** SmolLM3: every fourth layer, or those listed, have no rope. */
    static DecoderSpec smollm3(ConfigReader config) {
        config.ignore(Family.INERT);
        config.ignore("pretraining_tp");
        config.ignore("max_window_layers"); // the layers without rope have the windows here
        Sizes sizes = Sizes.read(config, 0);
        boolean bias = config.flag("attention_bias", false);
        RopeReader.Result rope = RopeReader.read(config, sizes.headWidth(), 2_000_000);
        int interval = config.integer("no_rope_layer_interval", 4);
        List<Boolean> turned = config.flags("no_rope_layers", sizes.layers(), layer -> (layer + 1) % interval != 0);
        int window = config.window(0);
        boolean windows = config.flag("use_sliding_window", false) && window > 0;
        List<Boolean> sliding = config.slidingLayers(sizes.layers(), layer -> windows && !turned.get(layer));
        config.requireWindow(window, sliding);
        return sizes.decoder(
                rope.context(config.integer("max_position_embeddings", 32_768)),
                sizes.layers(layer -> turned.get(layer) ? rope.spec() : null, layer -> sliding.get(layer) ? window : 0),
                NormSpec.rms(config.number("rms_norm_eps", 1e-6)),
                new AttentionSpec(bias, bias, QueryKeyNorm.NONE, 0),
                swiGlu(config, config.flag("mlp_bias", false)),
                EndsSpec.plain(config.flag("tie_word_embeddings", true)),
                ModuleNames.LLAMA);
    }

    /** OLMo 2: norms behind each block, and over the whole of queries and keys. */
    static DecoderSpec olmo2(ConfigReader config) {
        config.ignore(Family.INERT);
        Sizes sizes = Sizes.read(config, 0);
        boolean bias = config.flag("attention_bias", false);
        RopeReader.Result rope = RopeReader.read(config, sizes.headWidth(), 10_000);
        double epsilon = config.number("rms_norm_eps", 1e-5);
        return sizes.decoder(
                rope.context(config.integer("max_position_embeddings", 2048)),
                sizes.everyLayer(rope.spec(), 0),
                new NormSpec(NormSpec.Kind.RMS, epsilon, false, true, Placement.AFTER),
                new AttentionSpec(bias, bias, QueryKeyNorm.TOKEN, 0),
                swiGlu(config, false),
                EndsSpec.plain(config.flag("tie_word_embeddings", false)),
                ModuleNames.OLMO2);
    }

    /** Phi-3 and Phi-4: fused projections, heads that are turned in part, LongRoPE. */
    static DecoderSpec phi3(ConfigReader config) {
        config.ignore(Family.INERT);
        config.ignore("resid_pdrop", "embd_pdrop");
        config.only("attention_bias", "false");
        config.only("mlp_bias", "false");
        config.only("lm_head_bias", "false");
        config.only("full_attn_mod", 1);
        config.only("interpolate_factor", 1);
        Sizes sizes = Sizes.read(config, 0);
        int context = config.integer("max_position_embeddings", 4096);
        RopeReader.Result rope = RopeReader.phi3(config, sizes.headWidth(), context);
        int window = config.window(0);
        return sizes.decoder(
                context,
                sizes.everyLayer(rope.spec(), window),
                NormSpec.rms(config.number("rms_norm_eps", 1e-5)),
                AttentionSpec.PLAIN,
                swiGlu(config, false),
                EndsSpec.plain(config.flag("tie_word_embeddings", false)),
                ModuleNames.PHI3);
    }

    private static FeedForwardSpec swiGlu(ConfigReader config, boolean bias) {
        return new FeedForwardSpec(true, config.activation("hidden_act", "silu"), bias);
    }
}
