package ai.luthier.engine.checkpoint;

import ai.luthier.engine.model.RopeScaling;
import ai.luthier.engine.model.RopeScaling.Yarn;
import ai.luthier.engine.model.RopeSpec;
import java.util.List;

/**
 * Rotary embeddings as configurations write them: since transformers 5 everything in {@code rope_parameters}, before that
 * {@code rope_theta} and its like at the top and the scaling in {@code rope_scaling}; both are read.
 */
final class RopeReader {

    private RopeReader() {}

    /**
     * A rope and the context for which it was stretched.
     *
     * @param stretched in tokens; 0 where the configuration's own context is the only one
     */
    record Result(RopeSpec spec, int stretched) {

        /** The longest row, where the configuration names this one. */
        int context(int named) {
            return Math.max(named, stretched);
        }
    }

    /** What most families write. */
    static Result read(ConfigReader config, int headWidth, double defaultTheta) {
        int context = config.integer("max_position_embeddings", 2048);
        double theta = config.number("rope_theta", defaultTheta);
        config.only("partial_rotary_factor", 1);
        String key = key(config);
        ConfigReader rope = config.object(key);
        Result result = rope(rope, headWidth, headWidth, theta, context, original(config, rope, context));
        config.absorb(key, rope);
        return result;
    }

    /**
     * {@code rotary_emb_base} and {@code rotary_pct} at the top, until transformers 4, which also wrote them under the names of
     * the others and did not read those.
     */
    static Result gptNeox(ConfigReader config, int headWidth) {
        int context = config.integer("max_position_embeddings", 2048);
        double theta = config.number("rotary_emb_base", config.number("rope_theta", 10_000));
        double share = config.number("rotary_pct", 0.25);
        String key = key(config);
        ConfigReader rope = config.object(key);
        share = rope.number("partial_rotary_factor", share);
        if (config.number("partial_rotary_factor", share) != share) {
            config.complain("'partial_rotary_factor' differs from the share " + share
                    + " that 'rotary_pct' or 'rope_parameters' gives, and which counts");
        }
        Result result =
                rope(rope, headWidth, width(config, headWidth, share), theta, context, original(config, rope, context));
        config.absorb(key, rope);
        return result;
    }

    /** A part of each head may be turned; the only scaling is LongRoPE, which old files call {@code su} or {@code yarn}. */
    static Result phi3(ConfigReader config, int headWidth, int context) {
        double theta = config.number("rope_theta", 10_000);
        double share = config.number("partial_rotary_factor", 1);
        int original = config.integer("original_max_position_embeddings", 4096);
        String key = key(config);
        ConfigReader rope = config.object(key);
        rope.ignore("original_max_position_embeddings"); // the key at the top decides
        theta = rope.number("rope_theta", theta);
        int width = width(config, headWidth, rope.number("partial_rotary_factor", share));
        String type = type(rope);
        RopeScaling scaling = switch (type) {
            case "default" -> new RopeScaling.None();
            case "longrope", "su", "yarn" -> longRope(rope, context, original);
            default -> {
                rope.complain("the rope type '" + type + "' is not one of this family's: default, longrope");
                yield new RopeScaling.None();
            }
        };
        config.absorb(key, rope);
        return new Result(new RopeSpec(width, theta, scaling), 0);
    }

    /**
     * Gemma 3's two ropes: layers with a window have the local one.
     *
     * @param global which of the two
     */
    static Result gemma3(ConfigReader config, int headWidth, boolean global) {
        double theta = global ? config.number("rope_theta", 1_000_000) : config.number("rope_local_base_freq", 10_000);
        int context = config.integer("max_position_embeddings", 131_072);
        if (config.has("rope_scaling")) {
            ConfigReader scaling = config.object(global ? "rope_scaling" : "");
            Result result = rope(scaling, headWidth, headWidth, theta, context, original(config, scaling, context));
            config.absorb("rope_scaling", scaling);
            return result;
        }
        ConfigReader both = config.object("rope_parameters");
        String key = global ? "full_attention" : "sliding_attention";
        both.has("full_attention");
        both.has("sliding_attention");
        ConfigReader rope = both.object(key);
        Result result = rope(rope, headWidth, headWidth, theta, context, original(config, rope, context));
        both.absorb(key, rope);
        config.absorb("rope_parameters", both);
        return result;
    }

    private static String key(ConfigReader config) {
        boolean old = config.has("rope_scaling");
        if (config.has("rope_parameters") && old) {
            config.complain("both 'rope_scaling' and 'rope_parameters' are there; which one counts is not certain");
        }
        return old ? "rope_scaling" : "rope_parameters";
    }

    private static String type(ConfigReader rope) {
        return rope.text("rope_type", rope.text("type", "default"));
    }

    /** The context of the first training: at the top it decides, else within the rope, else the model's own. */
    private static int original(ConfigReader config, ConfigReader rope, int context) {
        int inner = rope.integer("original_max_position_embeddings", context);
        return config.integer("original_max_position_embeddings", inner);
    }

    private static int width(ConfigReader config, int headWidth, double share) {
        int width = (int) (headWidth * share);
        if (width < 2 || width % 2 != 0 || width > headWidth) {
            config.complain("the share " + share + " of a head of " + headWidth
                    + " that is turned must be an even number" + " of components, not " + width);
            return 2;
        }
        return width;
    }

    private static Result rope(
            ConfigReader rope, int headWidth, int width, double outerTheta, int context, int original) {
        double theta = rope.number("rope_theta", outerTheta);
        if (width == headWidth) {
            rope.only("partial_rotary_factor", 1);
        }
        String type = type(rope);
        return switch (type) {
            case "default" -> new Result(new RopeSpec(width, theta, new RopeScaling.None()), 0);
            case "linear" -> stretched(width, theta, new RopeScaling.Linear(factor(rope)), factor(rope), context);
            case "dynamic" ->
                stretched(width, theta, new RopeScaling.Dynamic(factor(rope), context), factor(rope), context);
            case "llama3" -> {
                RopeScaling scaling = new RopeScaling.Llama3(
                        factor(rope), rope.number("low_freq_factor"), rope.number("high_freq_factor"), original);
                yield stretched(width, theta, scaling, factor(rope), original);
            }
            case "yarn" -> {
                Yarn scaling = yarn(rope, context, original);
                yield stretched(width, theta, scaling, scaling.factor(), original);
            }
            default -> {
                rope.complain("the rope type '" + type + "' is not supported; these are: "
                        + String.join(", ", List.of("default", "linear", "dynamic", "llama3", "yarn")));
                yield new Result(new RopeSpec(width, theta, new RopeScaling.None()), 0);
            }
        };
    }

    private static Result stretched(int width, double theta, RopeScaling scaling, double factor, int original) {
        return new Result(new RopeSpec(width, theta, scaling), (int) Math.min(factor * original, Integer.MAX_VALUE));
    }

    private static double factor(ConfigReader rope) {
        return rope.number("factor");
    }

    private static Yarn yarn(ConfigReader rope, int context, int original) {
        rope.ignore("finetuned"); // whether the model was trained so; it computes the same
        double factor = context > original ? rope.number("factor", (double) context / original) : factor(rope);
        double scale = rope.number("mscale", 0);
        double scaleOfAll = rope.number("mscale_all_dim", 0);
        double magnitude = scale != 0 && scaleOfAll != 0
                ? Yarn.magnitude(factor, scale) / Yarn.magnitude(factor, scaleOfAll)
                : Yarn.magnitude(factor, 1);
        return new Yarn(
                factor,
                original,
                turns(rope, "beta_fast", 32),
                turns(rope, "beta_slow", 1),
                rope.flag("truncate", true),
                rope.number("attention_factor", magnitude));
    }

    /** 0 stands for the usual number, as in transformers. */
    private static double turns(ConfigReader rope, String key, double usual) {
        double turns = rope.number(key, usual);
        return turns == 0 ? usual : turns;
    }

    private static RopeScaling.LongRope longRope(ConfigReader rope, int context, int original) {
        double factor = rope.number("factor", (double) context / original);
        double magnitude = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        return new RopeScaling.LongRope(
                rope.numbers("short_factor"),
                rope.numbers("long_factor"),
                original,
                rope.number("attention_factor", magnitude));
    }
}
